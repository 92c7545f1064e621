/** A description cut where it begins to say when the strategy fails; null: it does not say. */
export function splitIdea(description: string): { readonly idea: string; readonly fails: string | null } {
  const text = description.trim();
  const sentences = text.match(/[^.!?]+(?:[.!?](?=\s|$)|$)\s*|[^.!?]+[.!?]/g) ?? [text];
  const at = sentences.findIndex((one) => /\b(fails?|loses|breaks down)\b/i.test(one));
  // What is one sentence from the begin says both at once.
  if (at <= 0) return { idea: text, fails: null };
  return { idea: sentences.slice(0, at).join('').trim(), fails: sentences.slice(at).join('').trim() };
}
