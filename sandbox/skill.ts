/** The search for models and the models' documents (kirin-endpoints.md 5). */
import { json, type Answer } from './answer';
import { servedModels, type Model } from './models';
import { badParameter, Refusal } from './refusal';
import type { SandboxSettings } from './settings';

const USUAL_HITS = 20;
const MOST_HITS = 50;

/** `GET …/models/skill/search`, in the style of the search engine Meilisearch. */
export function searchModels(query: URLSearchParams, settings: SandboxSettings): Answer {
	const q = query.get('q') ?? '';
	const words = q.toLowerCase().split(/\s+/);
	const limit = Number(query.get('limit') ?? USUAL_HITS);
	if (!Number.isInteger(limit) || limit < 1 || limit > MOST_HITS) {
		throw badParameter('limit', `must be a whole number from 1 to ${MOST_HITS}`);
	}
	const found = servedModels(settings.otherModels)
		.map((model) => hitOf(model))
		.filter(({ id, title }) => words.every((word) => `${id} ${title}`.toLowerCase().includes(word)))
		.filter(
			(hit) =>
				holds(query.getAll('type'), hit.tags_abbr) &&
				holds(query.getAll('input'), hit.input) &&
				holds(query.getAll('output'), hit.output) &&
				holds(query.getAll('provider'), [hit.provider]),
		);
	const asText = settings.variant.searchLists === 'text';
	return json(200, {
		hits: found.slice(0, limit).map((hit) => (asText ? inText(hit) : hit)),
		query: q,
		processingTimeMs: 3,
		limit,
		offset: 0,
		estimatedTotalHits: found.length,
	});
}

function hitOf({ id, title, tag, input }: Model) {
	return {
		id,
		name: id,
		model_id: id,
		title,
		provider: 'kling',
		description: title,
		media_type: 'video',
		input: input.map(String),
		output: ['video'],
		tags: [title.split(' - ')[1] ?? title],
		tags_abbr: [String(tag)],
	};
}

/** One source shows the lists of a hit as text. */
function inText(hit: ReturnType<typeof hitOf>): object {
	const texts = Object.entries(hit).map(([name, value]) => [
		name,
		Array.isArray(value) ? value.join(',') : value,
	]);
	return Object.fromEntries(texts) as object;
}

/** Whether all that is asked for is there; nothing asked is there too. */
function holds(asked: string[], has: string[]): boolean {
	const wanted = asked.flatMap((list) => list.split(',')).filter((word) => word !== '');
	return wanted.every((word) => has.includes(word.trim().toLowerCase()));
}

/** `GET …/models/skill/{model}`: the document, for people. Throws a Refusal on an unknown model. */
export function modelDocument(id: string, settings: SandboxSettings): Answer {
	const model = servedModels(settings.otherModels).find((served) => served.id === id);
	if (model === undefined) throw new Refusal(404, 'MODEL_NOT_FOUND', `no model with the ID ${id}`);
	return { status: 200, type: 'text/markdown; charset=utf-8', body: documentOf(model) };
}

function documentOf(model: Model): string {
	const { vendorParams = {} } = model;
	const given = { ...vendorParams, ...model.params };
	const fields = Object.entries(given).map(([name, rule]) => {
		const need = model.required.includes(name)
			? 'required'
			: model.oneOfRequired?.includes(name)
				? `one of ${model.oneOfRequired.join(', ')} is required`
				: 'optional';
		const source = Object.hasOwn(vendorParams, name) ? ' (as at the vendor; not verified)' : '';
		return `- \`${name}\`: ${need}; ${rule.says ?? 'anything'}${source}`;
	});
	const rest = model.open ?? model.loose;
	const body = { model: model.id, input: [{ params: { [model.required[0] ?? 'prompt']: '…' } }] };
	return `# ${model.id}

${model.title}

## Body Template

\`\`\`json
${JSON.stringify(body, null, 2)}
\`\`\`

## Fields

${fields.join('\n')}
${rest ? '\nFurther fields are not known, and passed on.\n' : ''}`;
}
