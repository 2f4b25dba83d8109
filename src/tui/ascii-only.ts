interface Environment {
  readonly [variable: string]: string | undefined;
}

/** True where the locale or the terminal has no Unicode. Asked before anything heavy is loaded. */
export function asciiOnly(env: Environment): boolean {
  const term = env['TERM'] ?? '';
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return term === 'linux' || term === 'dumb' || (locale !== '' && !/utf-?8/i.test(locale));
}
