/** The pages of the documentation that fields lead to. */

const DOCS = 'https://github.com/n8n-nodes-kirin-video/n8n-nodes-kirin-video/blob/main/docs/';

/** A link as n8n shows it in hints and notices. */
function linkTo(page: string): (words: string) => string {
	return (words) => `<a href="${DOCS}${page}" target="_blank">${words}</a>`;
}

export const docs = {
	/** What is known of models that the catalogue does not have. */
	models: linkTo('models.md'),
	waiting: linkTo('waiting.md'),
	behindNat: linkTo('troubleshooting.md#n8n-is-behind-nat-or-a-firewall'),
	trigger: linkTo('trigger.md'),
	costLimits: linkTo('costs-and-limits.md#a-limit-of-your-own'),
	payOnce: linkTo('pay-once.md'),
};
