// What every page loads. Pages work without it; it only makes them quicker to use.

import 'optional:./conditions.js';

import { ringBell } from './js/bell.js';
import { offerChoice } from './js/choice.js';
import { keepCodes } from './js/codes.js';
import { citeArticles, previewArticle, printArticle } from './js/articles.js';
import { countCharacters } from './js/counter.js';
import { takeFiles } from './js/files.js';
import { findWhileTyping } from './js/finder.js';
import { keepWhileTyping } from './js/kept.js';
import { guardTypedText } from './js/leave.js';
import { foldMenu } from './js/menu.js';
import { refreshMoments } from './js/moments.js';
import { changeRows } from './js/rows.js';
import { usePasskeys } from './js/passkeys.js';
import { revealPasswords } from './js/reveal.js';
import { suggestArticles } from './js/suggest.js';

foldMenu(document);
ringBell(document);
countCharacters(document);
guardTypedText(document);
refreshMoments(document);
findWhileTyping(document);
offerChoice(document);
changeRows(document);
revealPasswords(document);
usePasskeys(document);
keepCodes(document);
keepWhileTyping(document);
suggestArticles(document);
citeArticles(document);
previewArticle(document);
printArticle(document);
takeFiles(document);

// After an error the summary is what the person has to read first.
document.querySelector('.error-summary')?.focus();
