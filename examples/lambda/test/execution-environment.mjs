/** As much of a Lambda execution environment as the test needs: loads the bundle once and hands each event to the handler. */
const { handler } = await import('../dist/handler.mjs');

process.on('message', (event) => {
  handler(event).then(
    (answer) => process.send({ answer }),
    (error) => process.send({ error: String(error) }),
  );
});
process.send({ ready: true });
