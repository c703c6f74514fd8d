/** Started to import the SDK's providers and nothing else. */
import '@aws-sdk/credential-providers';
