/** Values that the build puts in. */
declare const __APP_VERSION__: string;
declare module '*?worker&url' {
  const address: string;
  export default address;
}
