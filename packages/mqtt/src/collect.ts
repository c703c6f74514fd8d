/**
 * Lets a process end that has closed its MQTT 5 clients. The library frees a closed client when its native handle is
 * collected, and holds the process until then; a process with nothing left to do never collects anything.
 * (https://github.com/awslabs/aws-crt-nodejs/issues/600)
 */
let timer: NodeJS.Timeout | undefined;
let open = 0;

/**
 * How long the process is held after a client was closed, and once more after its handle was collected, in milliseconds. The
 * library frees the rest on a thread of its own, and one that does so while the process ends aborts it.
 */
const graceMs = 250;

/** A client was made. */
export function clientOpened(): void {
  open++;
  clearTimeout(timer);
}

/** A client was closed and its handle dropped. After the last one, and a moment in which no other is made, garbage is collected. */
export function clientClosed(): void {
  open--;
  if (open === 0) timer = setTimeout(() => void collectGarbage(), graceMs);
}

/** Asks through the inspector's protocol, which needs no flag. */
async function collectGarbage(): Promise<void> {
  try {
    const { Session } = await import('node:inspector/promises');
    const inspector = new Session();
    inspector.connect();
    await inspector.post('HeapProfiler.collectGarbage').finally(() => inspector.disconnect());
    if (open === 0) timer = setTimeout(() => {}, graceMs);
  } catch {
    // There are builds of Node without an inspector, and permissions without it: such a process collects in its own time.
  }
}
