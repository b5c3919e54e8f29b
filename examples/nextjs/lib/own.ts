/** What a table says of a name that anybody may have chosen. `table[name]` would find "constructor" in every table. */
export function own<T>(table: Record<string, T>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
