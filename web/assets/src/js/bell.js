// Keeps the number at the bell up to date while somebody looks at the page; once a minute, and not at all in the background.

const EVERY = 60_000; // milliseconds

export function ringBell(root) {
  const bell = root.querySelector('[data-bell]');
  if (!bell) return;
  let timer = null;
  let asked = Date.now();

  const show = ({ shown, words }) => {
    bell.querySelector('.count').textContent = shown;
    bell.querySelector('.visually-hidden').textContent = words;
  };

  const ask = async () => {
    asked = Date.now();
    try {
      const answer = await fetch(bell.dataset.bell, { redirect: 'error', headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
    } catch {
      // Signed out, or the desk is away: the next page says so.
      stop();
    }
  };

  const start = () => {
    timer ??= setInterval(ask, EVERY);
    if (Date.now() - asked > EVERY) ask();
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
  };

  const follow = () => (root.hidden ? stop() : start());
  root.addEventListener('visibilitychange', follow);
  follow();
}
