// Adds and removes the rows of a list without going to the server. Its buttons send the form and do the same without
// this script; a row to which files were already added is left to them.

const FRESH = '__row__';

export function changeRows(root) {
  for (const list of root.querySelectorAll('[data-rows]')) follow(list);
}

function follow(list) {
  list.addEventListener('click', (event) => {
    const button = event.target.closest('[data-add-row], [data-remove-row]');
    if (!button) return;
    const row = button.closest('[data-row]');
    if (row?.querySelector('.kept-files')) return;
    event.preventDefault();
    if (row) remove(list, row);
    else add(list);
    settle(list);
    list.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

const rowsOf = (list) => [...list.querySelectorAll('[data-row]')];

function add(list) {
  const rows = rowsOf(list);
  const number = Math.max(-1, ...rows.map((row) => Number(row.dataset.row))) + 1;
  const holder = document.createElement('div');
  // The text is the server's own and holds nothing that anybody typed.
  holder.innerHTML = list.querySelector('[data-fresh-row]').innerHTML.replaceAll(FRESH, String(number));
  const row = holder.firstElementChild;
  list.querySelector('[data-rows-list]').append(row);
  list.querySelector('[data-rows-list] > input[type=hidden][value=""]')?.remove();
  tell(list, 'added', label(list, rows.length + 1));
  settle(list);
  row.querySelector('input:not([type=hidden]), select, textarea')?.focus();
}

function remove(list, row) {
  const place = rowsOf(list).indexOf(row);
  tell(list, 'removed', label(list, place + 1));
  row.remove();
  const left = rowsOf(list);
  if (left.length === 0) {
    const none = Object.assign(document.createElement('input'), { type: 'hidden', name: list.dataset.rows, value: '' });
    list.querySelector('[data-rows-list]').append(none);
  }
  // Where the row was, the person goes on: with the one that has come up, or with the button that adds one.
  (left[Math.min(place, left.length - 1)]?.querySelector('[data-remove-row]') ?? list.querySelector('[data-add-row]')).focus();
}

const word = (list) => list.querySelector('[data-fresh-row]').content.querySelector('[data-row-label]').textContent;
const label = (list, number) => `${word(list)} ${number}`;

function tell(list, what, row) {
  list.querySelector('[data-rows-status]').textContent = list.dataset[what].replace('{row}', row);
}

function settle(list) {
  const rows = rowsOf(list);
  rows.forEach((row, place) => {
    for (const text of row.querySelectorAll('[data-row-label]')) text.textContent = label(list, place + 1);
    row.querySelector('[data-remove-row]').disabled = rows.length <= Number(list.dataset.fewest);
  });
  const button = list.querySelector('[data-add-row]');
  button.disabled = rows.length >= Number(list.dataset.most);
  button.textContent = rows.length === 0 ? button.dataset.first : button.dataset.next;
}
