import { openStage, type Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
	stage = await openStage({ sandbox: { speed: 20 } });
});
afterAll(() => stage.close());

it('knows the node', async () => {
	const node = await stage.client.describeNode('n8n-nodes-kirin-video.kirinVideo', 1);
	expect(node).toMatchObject({ displayName: 'Kirin Video' });
});
