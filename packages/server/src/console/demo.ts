/** Who owns the demo workspace of a development installation. */
export const demo = { name: 'Demo', email: 'demo@interlock.localhost' } as const;
