/** The package ships no types; this is the part in use. */
declare module 'write-file-atomic' {
  const writeFileAtomic: {sync(path: string, data: string, options?: {mode?: number}): void};
  // biome-ignore lint/style/noDefaultExport: the package's own shape
  export default writeFileAtomic;
}
