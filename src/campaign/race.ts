/** Waits for a promise unless one of the signals is raised first; then rejects with that signal's reason. */
export function race<T>(promise: Promise<T>, ...signals: readonly AbortSignal[]): Promise<T> {
  const signal = AbortSignal.any([...signals]);
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
