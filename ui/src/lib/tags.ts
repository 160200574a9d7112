/** Tags as people type them: words, separated by spaces or commas, each once. */
export function tagsIn(typed: string): string[] {
  return [...new Set(typed.split(/[\s,]+/).filter(Boolean))];
}
