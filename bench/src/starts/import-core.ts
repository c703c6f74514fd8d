/** Started to import the core and nothing else. */
import '@brs/core';
