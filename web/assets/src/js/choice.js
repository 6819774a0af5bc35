// form[data-choice]: a list to tick can be narrowed by words, and an area's button ticks its boxes without sending.

const fold = (text) =>
  text.toLowerCase().replaceAll('ł', 'l').normalize('NFD').replaceAll(/\p{M}/gu, '');

export function offerChoice(root) {
  for (const form of root.querySelectorAll('form[data-choice]')) attach(form);
}

function attach(form) {
  const filter = form.querySelector('[data-choice-filter]');
  const input = filter?.querySelector('input');
  const status = filter?.querySelector('[data-choice-status]');
  if (input) {
    filter.hidden = false;
    input.addEventListener('input', () => narrow(form, input.value, status));
    // Enter in the filter must not save what is half ticked.
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') event.preventDefault();
    });
  }
  form.addEventListener('click', (event) => {
    const button = event.target.closest('button[name="whole_area"], button[name="no_area"]');
    if (!button) return;
    event.preventDefault();
    const boxes = [...button.closest('fieldset').querySelectorAll('input[type="checkbox"]')];
    const tick = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = tick;
    label(button, !tick);
  });
  form.addEventListener('change', (event) => {
    const area = event.target.closest('fieldset');
    const button = area?.querySelector('button[data-all]');
    if (button) label(button, [...area.querySelectorAll('input[type="checkbox"]')].some((box) => !box.checked));
  });
}

function label(button, canTick) {
  button.textContent = canTick ? button.dataset.all : button.dataset.none;
}

function narrow(form, text, status) {
  const words = fold(text).split(/\s+/).filter(Boolean);
  let count = 0;
  for (const area of form.querySelectorAll('fieldset')) {
    let some = 0;
    for (const item of area.querySelectorAll('[data-words]')) {
      const said = fold(item.dataset.words);
      item.hidden = !words.every((word) => said.includes(word));
      some += item.hidden ? 0 : 1;
    }
    area.hidden = some === 0;
    count += some;
  }
  status.textContent = count ? status.dataset.some.replace('{count}', String(count)) : status.dataset.none;
}
