// Under a textarea with maxlength (or data-limit, which lets one type on): how many characters are left.
// The words come from the page: <body data-characters-left="…{count}…" data-characters-over="…{count}…">.

const PAUSE = 1000; // milliseconds without typing before the number is read out

export function countCharacters(root) {
  for (const textarea of root.querySelectorAll('textarea[maxlength], textarea[data-limit]')) attach(textarea, root.body.dataset);
}

function attach(textarea, { charactersLeft = '{count}', charactersOver = '{count}' }) {
  const limit = Number(textarea.dataset.limit ?? textarea.maxLength);
  if (!(limit > 0)) return;

  const shown = element('field__count', { ariaHidden: 'true' });
  const spoken = element('visually-hidden', { role: 'status' });
  textarea.after(shown, spoken);

  let timer;
  const update = () => {
    // A line break is sent, and counted by the server, as two characters.
    const left = limit - textarea.value.replaceAll('\n', '\r\n').length;
    const text = (left < 0 ? charactersOver : charactersLeft).replace('{count}', String(Math.abs(left)));
    shown.textContent = text;
    shown.classList.toggle('is-over', left < 0);
    clearTimeout(timer);
    return text;
  };

  update();
  textarea.addEventListener('input', () => {
    const text = update();
    timer = setTimeout(() => {
      spoken.textContent = text;
    }, PAUSE);
  });
}

function element(className, properties) {
  return Object.assign(document.createElement('span'), { className, ...properties });
}
