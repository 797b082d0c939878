import { mp4 } from './iso-video';
import { WAYS, type WayName } from './ways';
import { wireWorldForTests } from './wire-world';

const wire = wireWorldForTests();

/** What a way ends with when the service tells the truth. */
const TRUE_ENDS: Record<WayName, object | undefined> = {
	poll: { status: 'completed' },
	callback: { status: 'completed' },
	submit: { status: 'in_progress' },
	limited: { status: 'completed' },
	image: { status: 'completed' },
	wait: { status: 'completed' },
	get: { status: 'completed' },
	estimate: { cost: '0.35' },
	trigger: { status: 'completed' },
	credential: undefined,
	search: undefined,
};

describe('A service that tells the truth', () => {
	it.each(Object.entries(TRUE_ENDS))('serves %s', async (name, end) => {
		const way = name as WayName;
		const lived = await wire.current.live(way, {});

		expect(lived.error).toBeUndefined();
		expect(lived.ended).toBe(true);
		expect(lived.items.map(({ json }) => json)).toEqual(end ? [expect.objectContaining(end)] : []);
		expect(new Set(wire.current.server.requests.map(({ kind }) => kind))).toEqual(
			new Set(WAYS[way].calls),
		);
		expect(wire.current.keyOutside(lived)).toBeUndefined();
		if (WAYS[way].calls.some((call) => call === 'download')) expect(lived.file).toEqual(mp4());
	});
});
