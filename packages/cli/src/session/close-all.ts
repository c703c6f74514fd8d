/** Closes one part after the other, also where one of them fails. Throws what the first that failed has thrown. */
export async function closeAll(parts: Iterable<{ close(): Promise<void> }>): Promise<void> {
  const failures: unknown[] = [];
  for (const part of parts) {
    try {
      await part.close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
