/** Ink's developer tools, which nobody asks for here. */
// biome-ignore lint/style/noDefaultExport: Ink imports it as the default
export default {};
