// Small help with articles: printing one, citing one in a reply, seeing what is typed as it will be read.

const PAUSE = 500; // milliseconds without typing

export function printArticle(root) {
  for (const place of root.querySelectorAll('[data-print]')) {
    place.hidden = false;
    place.querySelector('button').addEventListener('click', () => print());
  }
}

// A link [data-cite="words"] puts the words where one wrote last, instead of loading the page anew.
export function citeArticles(root) {
  const links = root.querySelectorAll('[data-cite]');
  if (links.length === 0) return;
  let last = root.getElementById('body');
  root.addEventListener('focusin', (event) => {
    if (event.target.matches('textarea')) last = event.target;
  });
  for (const link of links) {
    link.addEventListener('click', (event) => {
      if (!last) return;
      event.preventDefault();
      const before = last.value.slice(0, last.selectionEnd);
      const gap = before && !before.endsWith('\n') ? '\n' : '';
      last.setRangeText(`${gap}${link.dataset.cite}\n`, last.selectionEnd, last.selectionEnd, 'end');
      last.dispatchEvent(new Event('input', { bubbles: true }));
      last.focus();
    });
  }
}

// <textarea data-preview="id"> shows itself in the element of that id; <form data-preview-at="address"> says who renders.
export function previewArticle(root) {
  const form = root.querySelector('form[data-preview-at]');
  if (!form) return;
  for (const textarea of form.querySelectorAll('[data-preview]')) {
    const target = root.getElementById(textarea.dataset.preview);
    let timer, asking;
    const show = async () => {
      asking?.abort();
      asking = new AbortController();
      const body = new FormData();
      body.append('csrf_token', form.elements.csrf_token.value);
      body.append('text', textarea.value);
      try {
        const answer = await fetch(form.dataset.previewAt, { method: 'POST', body, signal: asking.signal });
        if (answer.ok) target.innerHTML = await answer.text(); // our own server's, escaped there
      } catch {
        // The next letter asks again.
      }
    };
    textarea.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(show, PAUSE);
    });
  }
  // A picture's button puts it where one wrote last.
  let last = form.querySelector('[data-preview]');
  form.addEventListener('focusin', (event) => {
    if (event.target.matches('[data-preview]')) last = event.target;
  });
  for (const button of root.querySelectorAll('[data-insert]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      last.setRangeText(button.dataset.insert, last.selectionStart, last.selectionEnd, 'end');
      last.dispatchEvent(new Event('input', { bubbles: true }));
      last.focus();
    });
  }
}
