// Files on their way: before a form is sent its files go one by one, with the bytes that have arrived told in numbers.
// The form itself is then sent as ever, without files: the desk has kept them. Whatever fails, the page stays.

const SPOKEN_EVERY = 25; // percent; every step of the bar would never let a screen reader rest

export function saySize(size) {
  if (size < 1_000_000) return `${Math.max(1, Math.round(size / 1000))} kB`;
  return `${(size / 1_000_000).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`;
}

/** boxes: of files.js, one for each field. */
export function sendFiles(form, boxes, words) {
  const told = tellers(form, words);
  let isSending = false;
  form.addEventListener('submit', async (event) => {
    const files = boxes.flatMap((box) => box.waiting().map((one) => ({ box, one })));
    if (files.length === 0 && !isSending) return;
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    const failed = await sendAll(form, files, told, words);
    isSending = false;
    told.end();
    if (!failed) form.requestSubmit(event.submitter);
    else {
      form.dispatchEvent(new CustomEvent('stayed'));
      told.fail(failed, () => form.requestSubmit(event.submitter));
    }
  });
}

/** Send every file; gives what has to be said if not all have arrived: its words, and whether to offer another try. */
async function sendAll(form, files, told, words) {
  let isRefused = false;
  for (const [place, { box, one }] of files.entries()) {
    let answer = await sendOne(form, box.field, one.file, words, told.begin(one.file, place + 1, files.length));
    // Signed in anew in another tab, the page's own token is out of date: a fresh one, and once more.
    if (answer.isOutOfDate && (await renewToken(form))) {
      answer = await sendOne(form, box.field, one.file, words, told.begin(one.file, place + 1, files.length));
    }
    if (answer.isStopped) return { text: words.stopped, isWanted: true };
    if (answer.isOutOfDate) return { text: words.signedOut, isAgain: true, href: words.signIn };
    if (answer.kept) {
      box.mark(one, { id: answer.kept.id });
      if (form.elements.kept) form.elements.kept.value = answer.kept.changed;
    } else if (answer.problem) {
      box.mark(one, { fault: answer.problem });
      isRefused = true;
    } else return { text: (answer.status ? words.failed : words.lost).replace('{name}', one.file.name), isAgain: true };
  }
  return isRefused ? { text: words.refused } : null;
}

/** One file with the words of the form, which are kept with it. */
function sendOne(form, field, file, words, follow) {
  const body = new FormData();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value);
  body.set('next', 'upload');
  body.append(field.name, file, file.name);
  const request = new XMLHttpRequest();
  return new Promise((resolve) => {
    request.upload.addEventListener('progress', (event) => follow.show(event.loaded, event.total));
    request.addEventListener('error', () => resolve({ status: 0 }));
    request.addEventListener('abort', () => resolve({ isStopped: true }));
    request.addEventListener('load', () => resolve(read(request, words)));
    follow.onStop(() => request.abort());
    request.open('POST', form.getAttribute('action') || location.href);
    request.send(body);
  });
}

function read(request, words) {
  const { status } = request;
  if ((request.getResponseHeader('Content-Type') ?? '').startsWith('application/json')) {
    const told = JSON.parse(request.response);
    return told.problem ? told : { kept: told };
  }
  if (status === 413) return { problem: words.big };
  // A page instead of an answer: the one on which one signs in, or that the form is out of date.
  return { status, isOutOfDate: status === 200 || status === 400 };
}

async function renewToken(form) {
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('main form [name=csrf_token]')?.value;
    if (!answer.ok || new URL(answer.url).pathname !== location.pathname || !fresh) return false;
    for (const field of document.querySelectorAll('[name=csrf_token]')) field.value = fresh;
    return true;
  } catch {
    return false;
  }
}

/** What is said while files are on their way, and when they have not arrived. */
function tellers(form, words) {
  const panel = Object.assign(document.createElement('div'), { className: 'sending', hidden: true });
  const what = Object.assign(document.createElement('p'), { className: 'sending__what' });
  const bar = Object.assign(document.createElement('progress'), { className: 'sending__bar', max: 100 });
  const percent = Object.assign(document.createElement('span'), { className: 'sending__percent' });
  const stop = Object.assign(document.createElement('button'), {
    type: 'button', className: 'button button--secondary button--small', textContent: words.stop,
  });
  const spoken = Object.assign(document.createElement('p'), { className: 'visually-hidden' });
  spoken.setAttribute('role', 'status');
  const failure = Object.assign(document.createElement('div'), { className: 'notice notice--error', hidden: true });
  failure.setAttribute('role', 'alert');
  panel.append(what, bar, percent, stop);
  form.append(panel, spoken, failure);

  let abort = () => {};
  stop.addEventListener('click', () => abort());

  const begin = (file, place, count) => {
    const name = words.sendingOne.replace('{name}', file.name).replace('{size}', saySize(file.size));
    what.textContent = count > 1 ? `${name} (${words.place.replace('{place}', place).replace('{count}', count)})` : name;
    bar.setAttribute('aria-label', name);
    failure.hidden = true;
    panel.hidden = false;
    let heard = 0;
    const show = (loaded, total) => {
      const share = total ? Math.floor((loaded / total) * 100) : 0;
      bar.value = share;
      percent.textContent = share === 100 ? words.checking : `${share}%`;
      if (share < 100 && share - heard < SPOKEN_EVERY) return;
      heard = share;
      spoken.textContent = share === 100 ? words.checking : words.percent.replace('{name}', file.name).replace('{percent}', `${share}%`);
    };
    show(0, 1);
    spoken.textContent = what.textContent;
    panel.scrollIntoView({ block: 'nearest' });
    return { show, onStop: (act) => { abort = act; } };
  };

  const end = () => {
    panel.hidden = true;
    spoken.textContent = '';
  };

  const fail = ({ text, isAgain, isWanted, href }, again) => {
    failure.className = `notice notice--${isWanted ? 'info' : 'error'}`;
    const sentence = Object.assign(document.createElement('p'), { textContent: text });
    failure.replaceChildren(sentence);
    if (href) {
      sentence.append(' ', Object.assign(document.createElement('a'), { href, target: '_blank', rel: 'noopener', textContent: words.signInTab }));
    }
    if (isAgain) {
      const button = Object.assign(document.createElement('button'), {
        type: 'button', className: 'button button--small', textContent: words.again,
      });
      button.addEventListener('click', again);
      failure.append(button);
    }
    failure.hidden = false;
    (failure.querySelector('button') ?? form.querySelector('.files__item .field__error')?.closest('li').querySelector('button'))?.focus();
  };

  return { begin, end, fail };
}
