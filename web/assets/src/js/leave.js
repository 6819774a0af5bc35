// A form marked data-leave-guard asks before its page is left with typed text that was not sent.

export function guardTypedText(root) {
  const forms = [...root.querySelectorAll('form[data-leave-guard]')];
  if (forms.length === 0) return;

  const typed = (form) =>
    [...form.elements].some((control) => {
      if (control.matches('textarea, input:is(:not([type]), [type="text"], [type="email"], [type="tel"])')) {
        return control.value !== control.defaultValue;
      }
      return control.type === 'file' && control.files.length > 0;
    });

  let isSending = false;
  // Heard last: a form whose files have to be sent first is not on its way yet.
  addEventListener('submit', (event) => {
    if (forms.includes(event.target) && !event.defaultPrevented) isSending = true;
  });
  // Coming back with the Back button shows the same document again.
  addEventListener('pageshow', () => {
    isSending = false;
  });
  addEventListener('beforeunload', (event) => {
    if (!isSending && forms.some(typed)) event.preventDefault();
  });
}
