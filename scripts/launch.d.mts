/** Where the runtime keeps what it has compiled. */
export const compileCache: string;
