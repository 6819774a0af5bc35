// Files for a form: dropped onto it, pasted from the clipboard, photographed, looked at and taken away again before they
// are sent. The field itself does everything without this script, except what only a script can do.

import { saySize, sendFiles } from './sending.js';

const PICTURE = /^image\/(png|jpeg|gif)$/;
const SHOWN_MOST = 12_000_000; // a larger picture is named and not shown

export function takeFiles(root) {
  const words = root.querySelector('[data-file-words]')?.dataset;
  if (!words || typeof DataTransfer === 'undefined') return;
  for (const form of root.querySelectorAll('form')) {
    const fields = [...form.querySelectorAll('input[type=file]')];
    const boxes = fields.filter((field) => !field.matches('[data-plain]')).map((field) => follow(field, words));
    if (boxes.length > 0) sendFiles(form, boxes, words);
    else if (fields.length > 0) tellSending(form, words);
  }
}

/** Files of one field. What it gives: the field, those that wait to be sent, and how one is marked sent or refused. */
function follow(field, words) {
  const box = document.createElement('div');
  box.className = 'files';
  field.before(box);
  box.append(field);
  const hint = Object.assign(document.createElement('p'), { className: 'files__hint', textContent: words.drop });
  const list = Object.assign(document.createElement('ul'), { className: 'files__list' });
  const status = Object.assign(document.createElement('p'), { className: 'visually-hidden' });
  status.setAttribute('role', 'status');
  box.append(hint, photo(field, words), list, status);

  // Each: the file, what is wrong with it, and the id that it has once the desk has it.
  let chosen = [];
  const waiting = () => chosen.filter((one) => !one.fault && !one.id);
  const show = (said = '') => {
    const held = new DataTransfer();
    for (const one of waiting()) held.items.add(one.file);
    field.files = held.files;
    list.replaceChildren(...chosen.map((one) => row(one, words, () => {
      chosen = chosen.filter((other) => other !== one);
      if (one.id) forget(field.form, one.id);
      show(words.removed.replace('{name}', one.file.name));
      field.focus();
    })));
    status.textContent = said;
  };
  const add = (files) => {
    const fresh = [...files].map((file) => ({ file, fault: fault(file, words), id: '' }));
    if (fresh.length === 0) return;
    for (const one of field.multiple ? [] : chosen) if (one.id) forget(field.form, one.id);
    chosen = field.multiple ? [...chosen, ...fresh] : fresh.slice(-1);
    show(words.added.replace('{name}', fresh.map((one) => one.file.name).join(', ')));
  };

  field.addEventListener('change', () => {
    const known = chosen.map((one) => one.file);
    add([...field.files].filter((file) => !known.includes(file)));
  });
  field.addEventListener('photographed', (event) => add(event.detail));
  box.addEventListener('dragover', (event) => {
    event.preventDefault();
    box.classList.add('is-over');
  });
  box.addEventListener('dragleave', () => box.classList.remove('is-over'));
  box.addEventListener('drop', (event) => {
    event.preventDefault();
    box.classList.remove('is-over');
    add(event.dataTransfer.files);
  });
  // A picture in the clipboard goes to the form's last field for files; text is pasted as ever.
  const fields = [...field.form.querySelectorAll('input[type=file]:not([capture])')];
  if (field === fields.at(-1)) {
    field.form.addEventListener('paste', (event) => {
      const pictures = [...event.clipboardData.files];
      if (pictures.length === 0) return;
      event.preventDefault();
      add(pictures.map((file, place) => new File([file], named(file, place, words), { type: file.type })));
    });
  }
  const mark = (one, facts) => {
    Object.assign(one, facts);
    show();
  };
  return { field, waiting, mark };
}

/** A file that the desk already has is taken away when the form is sent. */
function forget(form, id) {
  form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: 'remove_file', value: id }));
}

/** A screenshot in the clipboard is always called image.png, and several of them would not be told apart. */
function named(file, place, words) {
  if (file.name && file.name !== 'image.png') return file.name;
  const moment = new Date().toISOString().slice(0, 19).replaceAll(':', '-').replace('T', ' ');
  return `${words.pasted} ${moment}${place ? ` ${place + 1}` : ''}.${file.type.split('/')[1] ?? 'png'}`;
}

/** A button that opens the camera, where there is one: a telephone or a tablet. */
function photo(field, words) {
  const holder = document.createElement('span');
  if (!matchMedia('(pointer: coarse)').matches) return holder;
  const camera = Object.assign(document.createElement('input'), { type: 'file', accept: 'image/*', hidden: true });
  camera.setAttribute('capture', 'environment');
  const button = Object.assign(document.createElement('button'), {
    type: 'button', className: 'button button--secondary button--small', textContent: words.photo,
  });
  button.addEventListener('click', () => camera.click());
  camera.addEventListener('change', () => {
    field.dispatchEvent(new CustomEvent('photographed', { detail: [...camera.files] }));
    camera.value = '';
  });
  holder.append(button, camera);
  return holder;
}

/** Why the server would refuse a file, told before it is sent. */
function fault(file, words) {
  const ending = file.name.toLowerCase().split('.').at(-1);
  if (!words.kinds.split(' ').includes(ending)) return words.wrong;
  if (file.size > Number(words.size)) return words.big;
  return file.size === 0 ? words.empty : '';
}

function row({ file, fault: wrong, id }, words, remove) {
  const item = Object.assign(document.createElement('li'), { className: 'files__item' });
  if (PICTURE.test(file.type) && file.size < SHOWN_MOST && !wrong) item.append(preview(file));
  const name = Object.assign(document.createElement('span'), { className: 'files__name', textContent: file.name });
  const size = Object.assign(document.createElement('span'), { className: 'kept-files__size', textContent: saySize(file.size) });
  const button = Object.assign(document.createElement('button'), {
    type: 'button', className: 'button button--secondary button--small', textContent: words.remove,
  });
  button.setAttribute('aria-label', `${words.remove} ${file.name}`);
  button.addEventListener('click', remove);
  item.append(name, size, ...(id ? [Object.assign(document.createElement('span'), { className: 'tag tag--green', textContent: words.sent })] : []), button);
  if (wrong) item.append(Object.assign(document.createElement('p'), { className: 'field__error', textContent: wrong }));
  return item;
}

function preview(file) {
  const picture = Object.assign(document.createElement('img'), { className: 'previews__picture', alt: '' });
  const reader = new FileReader();
  reader.addEventListener('load', () => {
    picture.src = reader.result;
  });
  reader.readAsDataURL(file);
  return picture;
}

/** While a form's plain files are on their way, it says so and is not sent twice. */
function tellSending(form, words) {
  form.addEventListener('submit', () => {
    const files = [...form.querySelectorAll('input[type=file]')].flatMap((field) => [...field.files]);
    if (files.length === 0 || form.querySelector('.files__sending')) return;
    const sending = Object.assign(document.createElement('p'), { className: 'files__sending' });
    sending.setAttribute('role', 'status');
    const size = saySize(files.reduce((sum, file) => sum + file.size, 0));
    sending.append(document.createElement('progress'), ` ${words.sending.replace('{size}', size)}`);
    form.append(sending);
  });
  addEventListener('pageshow', () => form.querySelector('.files__sending')?.remove());
}
