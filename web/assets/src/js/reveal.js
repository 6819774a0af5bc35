// An input marked data-reveal gets a button that shows what is typed; data-least adds how much there is of it.

export function revealPasswords(root) {
  for (const input of root.querySelectorAll('input[data-reveal]')) {
    attachButton(input);
    if (input.dataset.least) attachCount(input);
  }
}

function attachButton(input) {
  const { reveal, conceal, revealAbout } = input.dataset;
  const words = document.createElement('span');
  const about = Object.assign(document.createElement('span'), { className: 'visually-hidden', textContent: ` ${revealAbout}` });
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'button button--secondary reveal__button' });
  button.append(words, about);

  const show = (isShown) => {
    input.type = isShown ? 'text' : 'password';
    words.textContent = isShown ? conceal : reveal;
  };
  show(false);
  button.addEventListener('click', () => show(input.type === 'password'));
  // A browser would offer to remember what it sees as an ordinary text.
  input.form?.addEventListener('submit', () => show(false));

  const row = Object.assign(document.createElement('span'), { className: 'reveal' });
  input.before(row);
  row.append(input, button);
}

function attachCount(input) {
  const { least, leastText } = input.dataset;
  const count = Object.assign(document.createElement('span'), { className: 'field__count', ariaHidden: 'true' });
  input.closest('.reveal').after(count);
  const update = () => {
    const typed = [...input.value].length;
    count.textContent = typed ? leastText.replace('{count}', String(typed)).replace('{least}', least) : '';
  };
  input.addEventListener('input', update);
  update();
}
