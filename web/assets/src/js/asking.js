// Asking the desk while somebody types: only once they pause, and a newer question puts the older one away.

/** Calls `act` when nothing has been typed in `place` for so many milliseconds. */
export function afterTyping(place, pause, act) {
  let timer;
  place.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(act, pause);
  });
}

/** A way to ask for pieces of pages, one at a time. */
export function asker() {
  let asking;
  const stop = () => asking?.abort();

  /** The piece; null if the desk did not give it, undefined if something newer was asked or nothing is wanted any more. */
  const ask = async (address, options = {}) => {
    stop();
    const mine = new AbortController();
    asking = mine;
    let piece = null;
    try {
      const answer = await fetch(address, { ...options, signal: mine.signal });
      if (answer.ok) piece = await answer.text();
    } catch {
      // No connection, or put away: told apart below.
    }
    return mine.signal.aborted ? undefined : piece;
  };

  return { ask, stop };
}

/** What a form's script sends by itself: these fields, with the form's own token. */
export function bodyOf(form, fields) {
  const body = new FormData();
  body.append('csrf_token', form.elements.csrf_token.value);
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return body;
}
