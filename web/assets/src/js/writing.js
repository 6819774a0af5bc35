// Putting words where somebody wrote last.

/**
 * Remembers in which of the boxes that `selector` names one wrote last; `first` is where before anything was written.
 * Gives what puts words there: of the text before them it makes the words; isBeside leaves alone what is selected.
 * It says whether there was a box.
 */
export function whereWritten(place, selector, first) {
  let last = first;
  place.addEventListener('focusin', (event) => {
    if (event.target.matches(selector)) last = event.target;
  });
  return (wordsAfter, { isBeside = false } = {}) => {
    if (!last) return false;
    const from = isBeside ? last.selectionEnd : last.selectionStart;
    last.setRangeText(wordsAfter(last.value.slice(0, from)), from, last.selectionEnd, 'end');
    last.dispatchEvent(new Event('input', { bubbles: true }));
    last.focus();
    return true;
  };
}
