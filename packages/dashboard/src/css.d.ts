declare module '*.css';
declare module '*.module.css' {
  const names: Readonly<Record<string, string>>;
  export default names;
}

/** Where the build puts a file. */
declare module '*?url' {
  const url: string;
  export default url;
}
