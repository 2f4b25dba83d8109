/** What goes wrong while an expression is evaluated, in the words of the server. upstream: cel-go common/types/err.go, interpreter/attributes.go */

/** What went wrong, without the picture of where. */
export const celError = (error: unknown): string => (error as Error).message.split('\n')[0]!;

/** Values that no operation is for: only where types are not known before can it come to that. */
export const isOverloadError = (text: string): boolean => text.startsWith('no such overload');
