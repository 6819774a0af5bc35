// <time datetime data-relative> says "3 minutes ago" and keeps saying it rightly while the page stays open.

const STEPS = [
  [60, 'second', 1],
  [3600, 'minute', 60],
  [86400, 'hour', 3600],
  [30 * 86400, 'day', 86400],
];
const EVERY = 30_000; // milliseconds

export function words(seconds, format) {
  const distance = Math.abs(seconds);
  const step = STEPS.find(([limit]) => distance < limit);
  return step ? format.format(Math.round(seconds / step[2]), step[1]) : null;
}

export function refreshMoments(root) {
  const format = new Intl.RelativeTimeFormat(root.documentElement.lang || 'pl', { numeric: 'auto' });

  const refresh = () => {
    if (root.hidden) return;
    for (const time of root.querySelectorAll('time[data-relative]')) {
      const moment = Date.parse(time.dateTime);
      const text = Number.isNaN(moment) ? null : words((moment - Date.now()) / 1000, format);
      if (text && text !== time.textContent) time.textContent = text;
    }
  };

  if (!root.querySelector('time[data-relative]')) return;
  refresh();
  setInterval(refresh, EVERY);
  root.addEventListener('visibilitychange', refresh);
}
