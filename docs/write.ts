/** `npm run docs`: brings what follows from the code in README.md and docs/ up to date. */
import { writePages } from './pages';

writePages();
