/** n8n's editor as a user has it before them; each method is something that a user does or sees. */
import type { Browser, BrowserContext, Locator, Page, Response } from 'playwright-core';
import { OWNER } from '../../../demo/n8n-server';

/** For what n8n answers at once; what takes longer is given its own. */
const SOON_MS = 20_000;
/** For a run of a node, renders of some seconds included. */
const RUN_MS = 60_000;
/** Of what a reader of the README sees: large enough for a node's fields and its output. */
const WINDOW = { width: 1440, height: 1000 };
/** What a resource locator holds, beside the way in which it was chosen. */
const LOCATOR_VALUE = '[data-test-id="rlc-input-container"] input';

/** What n8n calls them; a test may read it in the README. */
export type OutputView = 'Schema' | 'Table' | 'JSON' | 'Binary' | (string & {});

/** A field of a node: its label, and what it holds. */
export type ShownField = [label: string, value: string];

/** In pixels and seconds. */
export interface PlayingVideo {
	videoWidth: number;
	videoHeight: number;
	duration: number;
}

/** What a test uses of the browser's video element. */
interface VideoElement extends PlayingVideo {
	muted: boolean;
	currentTime: number;
	play(): Promise<void>;
	pause(): void;
}

/** How long n8n may take to open a list, in milliseconds, and how often it is asked to. */
const LIST_MS = 20_000;
const MAX_TRIES = 4;

/** What is used of any other element. */
interface PageElement {
	getAttribute(name: string): string | null;
	matches(selector: string): boolean;
}

export class Editor {
	private constructor(
		private readonly context: BrowserContext,
		readonly page: Page,
		private readonly address: string,
	) {}

	/** Signs in as the first user. */
	static async signIn(browser: Browser, address: string): Promise<Editor> {
		const context = await browser.newContext({ viewport: WINDOW, colorScheme: 'light' });
		context.setDefaultTimeout(SOON_MS);
		const page = await context.newPage();
		await page.goto(`${address}/signin`);
		await page.locator('input[type="email"]').fill(OWNER.email);
		await page.locator('input[type="password"]').fill(OWNER.password);
		await page.locator('[data-test-id="form-submit-button"]').click();
		await page.waitForURL((url) => !url.pathname.includes('signin'));
		return new Editor(context, page, address);
	}

	async close(): Promise<void> {
		await this.context.close();
	}

	/** What n8n's developers have marked for their own tests. */
	marked(id: string): Locator {
		return this.page.locator(`[data-test-id="${id}"]`);
	}

	/** Opens a page of n8n's settings, by the names in the menus. */
	async openSettings(menu: string, page: string): Promise<void> {
		await this.marked(`main-sidebar-${menu.toLowerCase()}`).click();
		await this.page.getByText(page, { exact: true }).first().click();
	}

	/** Installs a community package, on the page for that. */
	async installPackage(button: string, name: string): Promise<void> {
		await this.page.getByRole('button', { name: button }).click();
		await this.marked('package-name-input').fill(name);
		await this.marked('user-agreement-checkbox').click();
		await this.marked('install-community-package-button').click();
		await this.marked('community-package-card').waitFor({ timeout: RUN_MS });
	}

	async openNewWorkflow(): Promise<void> {
		await this.page.goto(`${this.address}/workflow/new`);
		await this.marked('canvas-add-button').waitFor();
	}

	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.address}/workflow/${id}`);
		await this.marked('canvas-node').first().waitFor();
	}

	/** Opens the list of all nodes. */
	async openNodeList(): Promise<void> {
		await this.marked('node-creator-plus-button').click();
		await this.nodeSearch.waitFor();
	}

	private get nodeSearch(): Locator {
		return this.marked('node-creator-search-bar');
	}

	/**
	 * Types into the search of the open list, waits until a node is the first that is found, and returns
	 * its description.
	 * @throws when another one is found first, or none
	 */
	async findNode(words: string, node: string): Promise<string> {
		const first = this.marked('item-iterator-item').first();
		const part = (name: string) => first.locator(`[data-test-id="node-creator-item-${name}"]`);
		// The list follows what is typed after a moment: nothing is left in it of the search before.
		await this.nodeSearch.fill('no node is called so');
		await this.marked('node-creator-no-results').waitFor();
		await this.nodeSearch.fill(words);
		const wanted = part('name').getByText(node, { exact: true });
		await wanted.waitFor().catch(async () => {
			const found = await this.marked('node-creator').innerText();
			throw new Error(`"${words}" does not find ${node} first: ${found}`);
		});
		return await part('description').innerText();
	}

	/** Opens one of the nodes found, and returns the actions that n8n lists for it. */
	async openActions(node: string): Promise<string[]> {
		await this.inNodeList(node).click();
		const actions = this.marked('node-creator').locator(
			'[data-keyboard-nav-type="action"] [data-test-id="node-creator-item-name"]',
		);
		await actions.first().waitFor();
		return await actions.allInnerTexts();
	}

	inNodeList(text: string): Locator {
		return this.marked('node-creator').getByText(text, { exact: true });
	}

	/** Adds n8n's own trigger for runs by hand. */
	async addManualTrigger(): Promise<void> {
		await this.findNode('manual', 'Manual Trigger');
		await this.inNodeList('Manual Trigger').click();
		await this.marked('canvas-node').first().waitFor();
		await this.marked('node-creator').waitFor({ state: 'hidden' });
	}

	/** Drags an action of the list onto the canvas; n8n opens the new node. */
	async dragOntoCanvas(action: string): Promise<void> {
		const targetPosition = { x: 800, y: 600 };
		await this.inNodeList(action).dragTo(this.marked('canvas'), { targetPosition });
		await this.marked('node-parameters').waitFor();
	}

	nodeOnCanvas(name: string): Locator {
		return this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
	}

	async namesOnCanvas(): Promise<string[]> {
		return await this.marked('canvas-node').evaluateAll((nodes: PageElement[]) =>
			nodes.map((node) => node.getAttribute('data-node-name') ?? ''),
		);
	}

	/** Opens the list of nodes for what is to follow a node. */
	async addBehind(node: string): Promise<void> {
		const outputs = this.nodeOnCanvas(node).locator('[data-test-id="canvas-node-output-handle"]');
		await outputs.locator('[data-test-id="canvas-handle-plus"]').first().click();
		await this.nodeSearch.waitFor();
	}

	/** Chooses an action of the list: n8n adds the node and opens it. */
	async chooseAction(action: string): Promise<void> {
		await this.inNodeList(action).click();
		await this.marked('node-parameters').waitFor();
	}

	/**
	 * Opens the list of nodes for one of a node's further inputs, such as an agent's tools.
	 * @param list what n8n calls that list
	 */
	async addToInput(node: string, input: string, list: string): Promise<void> {
		const handles = this.nodeOnCanvas(node).locator('[data-test-id="canvas-node-input-handle"]');
		const plus = handles.filter({ hasText: input }).locator('[data-test-id="canvas-handle-plus"]');
		const header = this.marked('nodes-list-header').getByText(list, { exact: true });
		const entry = this.marked('node-creator-item-name').getByText(list, { exact: true });
		for (let tries = 1; ; tries++) {
			await plus.click();
			const isThere = header.waitFor({ timeout: LIST_MS }).then(() => true);
			if (await isThere.catch(() => false)) break;
			if (tries === MAX_TRIES) throw new Error(`n8n did not open the list ${list}`);
			// n8n goes there from the list above it, but on a busy machine it may stop on the way.
			await this.page.reload();
			await this.marked('canvas-node').first().waitFor();
		}
		// The list above leaves a moment later.
		await entry.waitFor({ state: 'hidden' });
		await this.nodeSearch.waitFor();
	}

	/** The input of a field, by the parameter's name. */
	field(parameter: string): Locator {
		return this.marked(`parameter-input-${parameter}`);
	}

	/** Has n8n tell about a field, by its label: it does when the mouse is over the question mark there. */
	async readHint(label: string): Promise<string> {
		const words = this.page.getByText(label, { exact: true });
		const row = this.marked('input-label').filter({ has: words }).first();
		await row.hover();
		await row.locator('svg').first().hover();
		return await this.settled(() => this.marked('tooltip-content').first().innerText());
	}

	async write(parameter: string, text: string): Promise<void> {
		await this.field(parameter).locator('input, textarea').first().fill(text);
	}

	/** Writes into a field of the open node or credential, by its label. */
	async writeLabelled(label: string, text: string): Promise<void> {
		// Behind the label of a field that must be filled in is an asterisk.
		const words = this.page.getByText(new RegExp(`^${label}\\s*\\*?$`)).last();
		const row = words.locator('xpath=ancestor::*[.//input or .//textarea][1]');
		await row.locator('input, textarea').first().fill(text);
	}

	async choose(parameter: string, option: string): Promise<void> {
		// A list that opens while n8n lays the fields out anew closes again.
		await this.settled(() => this.shownFields());
		await this.field(parameter).locator('input').first().click();
		const options = this.page.locator('.el-select-dropdown__item:visible');
		await options.filter({ hasText: option }).first().click();
	}

	/** Adds an entry to a collection, by what its list is called. */
	async addToCollection(list: string, entry: string): Promise<void> {
		await this.settled(() => this.shownFields());
		const button = this.page.getByRole('button', { name: list, exact: true });
		await this.page.getByPlaceholder(list, { exact: true }).or(button).first().click();
		const entries = this.page.locator(
			'.el-select-dropdown__item:visible, [role="menuitem"]:visible',
		);
		const wanted = entries.getByText(entry, { exact: true }).first();
		await wanted.click();
		await wanted.waitFor({ state: 'hidden' });
	}

	/** Chooses from the list of a resource locator, which n8n asks the node for. */
	async chooseFromList(parameter: string, name: string): Promise<void> {
		await this.settled(() => this.shownFields());
		await this.locator(parameter).click();
		await this.marked('rlc-item').getByText(name, { exact: true }).click();
		await this.marked('rlc-item').first().waitFor({ state: 'hidden' });
		await this.settled(() => this.locator(parameter).inputValue());
	}

	/** The value of a resource locator. */
	private locator(parameter: string): Locator {
		return this.field(parameter).locator(LOCATOR_VALUE);
	}

	/** The fields of the open node, top to bottom, with what they hold. */
	async shownFields(): Promise<ShownField[]> {
		const inputs = this.page.locator('input, textarea');
		// A notice has none.
		const rows = await this.page.locator('.parameter-item:visible').filter({ has: inputs }).all();
		return await Promise.all(
			rows.map(async (row): Promise<ShownField> => {
				// Beside the label n8n keeps the choice between a fixed value and an expression.
				const [label = ''] = (await row.innerText()).split('\n');
				const switches = row.locator('.el-switch');
				if (await switches.count()) {
					const isOn = await switches
						.first()
						.evaluate((one: PageElement) => one.matches('.is-checked'));
					return [label, isOn ? 'on' : 'off'];
				}
				const tags = await row.locator('.el-tag').allInnerTexts();
				if (tags.length > 0) return [label, tags.join(', ')];
				// A resource locator's first input is the way to choose.
				const listed = row.locator(LOCATOR_VALUE);
				const value = (await listed.count()) > 0 ? listed : row.locator('input, textarea');
				return [label, await value.first().inputValue()];
			}),
		);
	}

	/** The labels of all fields of the open node, top to bottom, those of lists that are still empty too. */
	async labels(): Promise<string[]> {
		const rows = this.page.locator('.parameter-item:visible, .multi-parameter:visible');
		const texts = await rows.allInnerTexts();
		return texts.map((text) => text.split('\n')[0] ?? '');
	}

	/** Reads until the same has been read twice. */
	async settled<T>(read: () => Promise<T>): Promise<T> {
		let last = await read();
		for (;;) {
			await this.page.waitForTimeout(400);
			const now = await read();
			if (JSON.stringify(now) === JSON.stringify(last)) return now;
			last = now;
		}
	}

	/** Opens the dialog for a new credential of the open node. */
	async openNewCredential(): Promise<void> {
		const list = this.marked('node-credentials-select');
		// Where there is none yet, n8n has a button in place of the list.
		const connect = this.page.getByRole('button', { name: /^Connect to / });
		await list.or(connect).first().click();
		if (await list.isVisible()) await this.marked('node-credentials-select-item-new').click();
		await this.credentialDialog.waitFor();
		// n8n names it a moment later, and saves none without a name.
		await this.marked('credential-name').waitFor();
	}

	get credentialDialog(): Locator {
		return this.marked('editCredential-modal');
	}

	/** Saves, on which n8n tests, and returns what it says of a test that has failed. */
	async saveBadCredential(): Promise<string> {
		const isTest = (answer: Response) => answer.url().endsWith('/rest/credentials/test');
		const tested = this.page.waitForResponse(isTest);
		await this.marked('credential-save-button').click();
		await tested;
		const refusal = this.credentialDialog.locator('.el-tag--danger:visible');
		await refusal.waitFor();
		const more = refusal.getByText('More details');
		if (await more.isVisible()) await more.click();
		return await this.settled(() => refusal.innerText());
	}

	/** Saves; n8n closes the dialog when the test has succeeded. */
	async saveGoodCredential(): Promise<void> {
		await this.marked('credential-save-button').click();
		await this.credentialDialog.waitFor({ state: 'hidden' });
	}

	/** Opens the credential of the open node, which n8n then tests again. */
	async openCredential(): Promise<void> {
		await this.marked('credential-edit-button').click();
		await this.credentialDialog.waitFor();
	}

	async closeCredential(): Promise<void> {
		// Escape would close the node as well.
		await this.page.locator('.el-dialog__headerbtn:visible').last().click();
		await this.credentialDialog.waitFor({ state: 'hidden' });
	}

	async openNode(name: string): Promise<void> {
		await this.nodeOnCanvas(name).dblclick();
		await this.marked('node-parameters').waitFor();
	}

	async executeWorkflow(): Promise<void> {
		await this.marked('execute-workflow-button').first().click();
	}

	/** Waits until the editor has noticed that the workflow has ended. */
	async untilNotRunning(): Promise<void> {
		await this.marked('stop-execution-button').waitFor({ state: 'hidden' });
	}

	async closeNode(): Promise<void> {
		await this.page.keyboard.press('Escape');
		await this.marked('node-parameters').waitFor({ state: 'hidden' });
	}

	/** Runs the open node, by the button that says so. */
	async executeStep(words = ''): Promise<void> {
		await this.marked('node-execute-button').filter({ hasText: words }).first().click();
	}

	/** Has the open trigger tell when it starts the workflow. */
	async openTriggerHelp(): Promise<void> {
		await this.page.getByText('When will this node trigger my flow?').click();
	}

	/** Has the open trigger listen for one event, until `stopListening`. */
	async listen(): Promise<void> {
		await this.executeStep();
		await this.page.getByText('Listening for test event').first().waitFor();
	}

	async stopListening(): Promise<void> {
		await this.page.getByText('Stop Listening').first().click();
	}

	async stop(): Promise<void> {
		await this.marked('ndv-stop-execution-button').click();
		await this.marked('ndv-executing').waitFor({ state: 'hidden' });
	}

	/** Waits for the sign of success on the output; the message beside it is gone before a busy machine sees it. */
	async untilExecuted(): Promise<void> {
		const success = this.output.locator('[data-test-id="node-run-status-success"]');
		await success.waitFor({ timeout: RUN_MS });
	}

	get output(): Locator {
		return this.marked('output-panel');
	}

	async viewOutput(view: OutputView): Promise<void> {
		await this.output.getByText(view, { exact: true }).click();
	}

	/** Opens the file in the output and waits until it plays. */
	async playVideo(view: OutputView = 'Binary', open = 'View'): Promise<PlayingVideo> {
		await this.viewOutput(view);
		await this.output.getByText(open, { exact: true }).click();
		const video = this.output.locator('video');
		await video.waitFor();
		return await video.evaluate(async (element: VideoElement) => {
			element.muted = true;
			await element.play();
			while (element.currentTime < 1) await new Promise((resolve) => setTimeout(resolve, 50));
			element.pause();
			const { videoWidth, videoHeight, duration } = element;
			return { videoWidth, videoHeight, duration };
		});
	}

	/** What the open node tells of its failure. */
	async readError(): Promise<{ message: string; description: string }> {
		const [message, description] = ['node-error-message', 'node-error-description'];
		await this.marked(message).waitFor();
		return {
			message: await this.marked(message).innerText(),
			description: await this.marked(description).innerText(),
		};
	}
}
