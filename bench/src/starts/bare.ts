/** Started to do nothing: what Node itself takes. */
export {};
