/**
 * The one identity provider that STS trusts. It knows the tokens and assertions that it has issued, and no others: a
 * token of one's own making is as invalid here as at AWS.
 */
import { randomBytes } from 'node:crypto';
import type { ServerClock } from '../server-clock.js';
import { toXml } from '../xml.js';

/** Whom a web identity token or a SAML assertion is about, and for how long. */
export interface IdentityClaims {
  /** 2 to 64 of `[\w+=,.@-]`. Default: `user@example.com`. */
  readonly subject?: string;
  /** STS takes only its own, the default: `sts.amazonaws.com` for a token, `https://signin.aws.amazon.com/saml` for an assertion. */
  readonly audience?: string;
  /** From one second on. Default: 3600. */
  readonly expiresInSeconds?: number;
}

/** What the provider remembers of something that it issued. */
export interface IssuedIdentity {
  readonly subject: string;
  readonly audience: string;
  readonly issuer: string;
  /** Epoch milliseconds on the server's clock. */
  readonly expiresAt: number;
}

export const tokenAudience = 'sts.amazonaws.com';
export const assertionAudience = 'https://signin.aws.amazon.com/saml';

export class IdentityProvider {
  /** The host that stands in a role's `trust` for web identities. */
  readonly issuer = 'idp.example.com';
  readonly #issued = new Map<string, IssuedIdentity>();

  constructor(private readonly clock: ServerClock) {}

  /** A token in the form of a JWT. */
  issueToken(claims: IdentityClaims): string {
    const identity = this.#identity(claims, tokenAudience);
    const payload = {
      iss: `https://${identity.issuer}`,
      sub: identity.subject,
      aud: identity.audience,
      exp: Math.floor(identity.expiresAt / 1000),
      jti: randomBytes(8).toString('hex'),
    };
    const header = { alg: 'RS256', typ: 'JWT' };
    const signature = randomBytes(256).toString('base64url');
    return this.#remember([encode(header), encode(payload), signature].join('.'), identity);
  }

  /** An assertion in the form of a SAML 2.0 response, in base64. */
  issueAssertion(claims: IdentityClaims): string {
    const identity = this.#identity(claims, assertionAudience);
    const notOnOrAfter = new Date(identity.expiresAt).toISOString();
    const xml = toXml({
      'saml2p:Response': {
        '@xmlns:saml2p': 'urn:oasis:names:tc:SAML:2.0:protocol',
        '@ID': `_${randomBytes(16).toString('hex')}`,
        'saml2:Assertion': {
          '@xmlns:saml2': 'urn:oasis:names:tc:SAML:2.0:assertion',
          'saml2:Issuer': `https://${identity.issuer}`,
          'saml2:Subject': { 'saml2:NameID': identity.subject },
          'saml2:Conditions': {
            '@NotOnOrAfter': notOnOrAfter,
            'saml2:AudienceRestriction': { 'saml2:Audience': identity.audience },
          },
        },
      },
    });
    return this.#remember(Buffer.from(xml).toString('base64'), identity);
  }

  /** What was issued under this token or assertion; `undefined` for one that is not this provider's. */
  find(issued: string): IssuedIdentity | undefined {
    return this.#issued.get(issued);
  }

  #identity({ subject, audience, expiresInSeconds }: IdentityClaims, defaultAudience: string): IssuedIdentity {
    return {
      subject: subject ?? 'user@example.com',
      audience: audience ?? defaultAudience,
      issuer: this.issuer,
      expiresAt: this.clock.now() + (expiresInSeconds ?? 3_600) * 1000,
    };
  }

  #remember(issued: string, identity: IssuedIdentity): string {
    this.#issued.set(issued, identity);
    return issued;
  }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
