// Small help with articles: printing one, citing one in a reply, seeing what is typed as it will be read.

import { afterTyping, asker, bodyOf } from './asking.js';
import { whereWritten } from './writing.js';

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
  const write = whereWritten(root, 'textarea', root.getElementById('body'));
  for (const link of links) {
    link.addEventListener('click', (event) => {
      const cited = (before) => `${before && !before.endsWith('\n') ? '\n' : ''}${link.dataset.cite}\n`;
      if (write(cited, { isBeside: true })) event.preventDefault();
    });
  }
}

// <textarea data-preview="id"> shows itself in the element of that id; <form data-preview-at="address"> says who renders.
export function previewArticle(root) {
  const form = root.querySelector('form[data-preview-at]');
  if (!form) return;
  for (const textarea of form.querySelectorAll('[data-preview]')) {
    const target = root.getElementById(textarea.dataset.preview);
    const desk = asker();
    afterTyping(textarea, PAUSE, async () => {
      const piece = await desk.ask(form.dataset.previewAt, { method: 'POST', body: bodyOf(form, { text: textarea.value }) });
      if (typeof piece === 'string') target.innerHTML = piece; // our own server's, escaped there
    });
  }
  // A picture's button puts it where one wrote last.
  const write = whereWritten(form, '[data-preview]', form.querySelector('[data-preview]'));
  for (const button of root.querySelectorAll('[data-insert]')) {
    button.hidden = false;
    button.addEventListener('click', () => write(() => button.dataset.insert));
  }
}
