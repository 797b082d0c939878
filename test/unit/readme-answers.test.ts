import { countWords, linksOf, readPage, sectionsOf } from './markdown-page';

/** What a minute is enough to read. */
const WORDS_A_MINUTE = 250;

/** A question of users, the page and section that answer it, and what the answer has to say. */
const answers: Array<[question: string, place: string, says: RegExp]> = [
	['How do I install it?', 'README.md#install', /Community nodes.*n8n-nodes-kirin-video/s],
	['Where do I get a key, and from whom?', 'README.md#the-credential', /Vtrix.*API Keys/s],
	[
		'How do I post a video to Slack?',
		'README.md#your-first-video',
		/Slack.*File Property_ is `data`/s,
	],
	[
		'How do I store a video in Google Drive?',
		'README.md#your-first-video',
		/Google Drive.*`data`/s,
	],
	[
		'Why does Google Drive fail with a large video?',
		'docs/troubleshooting.md#google-drive-fails-with-large-files',
		/200 to 400 MB/,
	],
	['What does it cost?', 'README.md#what-it-costs', /Estimate Cost.*Maximum Cost \(USD\)/s],
	['What limits are there?', 'docs/costs-and-limits.md#other-limits', /5,000 events/],
	[
		'Does it work behind NAT?',
		'docs/troubleshooting.md#n8n-is-behind-nat-or-a-firewall',
		/Poll Until Finished.*no public address.*Resume on Callback.*N8N_WEBHOOK_URL.*before n8n 2\.30.*WEBHOOK_URL/s,
	],
	[
		'My execution timed out, was stopped or crashed: what now?',
		'docs/troubleshooting.md#my-execution-timed-out-was-stopped-or-crashed',
		/\*\*Retry\*\*.*time-out.*Stop.*crash/s,
	],
	[
		"What does the workflow's Timeout do to a wait?",
		'docs/troubleshooting.md#the-workflows-timeout-ends-a-wait',
		/from the execution's start/,
	],
	[
		'Why does Execute Workflow bring back only one item?',
		'docs/troubleshooting.md#execute-workflow-brings-back-only-the-first-item',
		/Run once with all items/,
	],
	[
		'Why does my webhook answer at once?',
		'docs/troubleshooting.md#webhook-answers-before-the-video-is-there',
		/When Last Node Finishes/,
	],
	[
		'What if the workflow is deleted during a wait?',
		'docs/troubleshooting.md#the-workflow-was-deleted-during-a-wait',
		/Task → Wait/,
	],
	[
		'How do I build a workflow without paying for each try?',
		'docs/troubleshooting.md#execute-step-makes-another-video',
		/External Task ID.*finds the same video/,
	],
	['Does it run on n8n Cloud?', 'docs/compatibility.md#n8n-cloud', /verified/],
	['Which versions of n8n?', 'README.md#compatibility', /n8n 2\.0\.3 and 2\.41\.1/],
	[
		'Does it run on n8n 3.0?',
		'docs/compatibility.md#n8n-30',
		/N8N_UNVERIFIED_PACKAGES_ENABLED=true.*container.*Not run here/s,
	],
	[
		'Does it run on Engine 2.0?',
		'docs/compatibility.md#engine-20',
		/Poll Until Finished.*Resume on Callback.*polls with the same maximum wait/s,
	],
];

/** Pages and tables to look things up in. */
const references: typeof answers = [
	[
		"Does it keep to the service's own hint when to ask?",
		'docs/waiting.md#how-waiting-works',
		/Retry-After.*_Interval_ and two minutes.*ten minutes/s,
	],
	['What is paid for once?', 'docs/pay-once.md#what-retry-finds', /paid once/],
	['What comes out?', 'docs/output.md#a-completed-task', /videoUrl/],
	['What when a worker dies?', 'docs/scaling.md#when-a-worker-dies', /External Task ID/],
];

const readme = readPage('README.md');
const linked = linksOf(readme).map((link) => link.split('#')[0]);

/** The text that answers, which has to say what it is expected to. */
function answerAt(place: string, says: RegExp): string {
	const [page = '', anchor] = place.split('#');
	if (page !== 'README.md') expect(linked).toContain(page);
	const text = sectionsOf(readPage(page)).find((one) => one.anchor === anchor)?.text ?? '';
	expect(text).toMatch(says);
	return text;
}

describe('From the README a user finds', () => {
	it.each(answers)('within a minute: %s → %s', (_, place, says) => {
		expect(countWords(answerAt(place, says))).toBeLessThanOrEqual(WORDS_A_MINUTE);
	});

	it.each(references)('%s → %s', (_, place, says) => void answerAt(place, says));
});
