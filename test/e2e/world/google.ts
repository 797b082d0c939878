/** Stands in for Google: tokens for service accounts, Sheets that are read, Drive that is uploaded to. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { StandIn, WorldAnswer, WorldRequest } from './outside-world';

export interface DriveFile {
	id: string;
	name: string;
	mimeType?: string;
	parents?: string[];
	bytes: Buffer;
}

interface Upload {
	name: string;
	parents?: string[];
	mimeType?: string;
	bytes: Buffer;
}

/** Google takes a file in parts of this many bytes or a multiple; only the last may be shorter. */
const PART_BYTES = 256 * 1024;

export class Google {
	/** Rows of the one sheet of each spreadsheet, the first of them with the columns' names. */
	readonly spreadsheets = new Map<string, unknown[][]>();
	/** Those that have arrived whole, in the order in which they did. */
	readonly files: DriveFile[] = [];
	private readonly uploads = new Map<string, Upload>();
	private readonly userToken = `user-${randomUUID()}`;
	private readonly accountTokens = new Set<string>();

	readonly hosts: Record<string, StandIn> = {
		'oauth2.googleapis.com': (request) => this.token(request),
		'sheets.googleapis.com': (request) => this.authorized(request) ?? this.sheets(request),
		'www.googleapis.com': (request) => this.authorized(request) ?? this.drive(request),
	};

	/** What n8n keeps of an account that somebody has signed in to. */
	readonly oAuth2Credential = {
		clientId: 'client',
		clientSecret: 'secret',
		oauthTokenData: {
			access_token: this.userToken,
			refresh_token: 'refresh',
			token_type: 'Bearer',
			expires_in: 3600,
			scope: 'https://www.googleapis.com/auth/drive',
		},
	};

	/** A service account, for n8n to sign its requests for tokens as. */
	readonly serviceAccountCredential = {
		email: 'robot@example.iam.gserviceaccount.com',
		privateKey: generateKeyPairSync('rsa', {
			modulusLength: 2048,
			publicKeyEncoding: { type: 'spki', format: 'pem' },
			privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
		}).privateKey,
	};

	private token({ method, path, body }: WorldRequest): WorldAnswer | undefined {
		if (method !== 'POST' || path !== '/token') return undefined;
		const form = new URLSearchParams(body.toString());
		const [, claims = ''] = (form.get('assertion') ?? '').split('.');
		const { iss } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}') as {
			iss?: string;
		};
		if (iss !== this.serviceAccountCredential.email) {
			return { status: 400, body: { error: 'invalid_grant' } };
		}
		const token = `account-${randomUUID()}`;
		this.accountTokens.add(token);
		return { body: { access_token: token, token_type: 'Bearer', expires_in: 3600 } };
	}

	/** The refusal of a request without a token of ours. */
	private authorized({ headers, query }: WorldRequest): WorldAnswer | undefined {
		// The address of an upload is a secret of its own: it takes parts from whoever knows it.
		if (this.uploads.has(query.get('upload_id') ?? '')) return undefined;
		const [, token = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
		const isKnown = token === this.userToken || this.accountTokens.has(token);
		return isKnown
			? undefined
			: { status: 401, body: { error: { code: 401, status: 'UNAUTHENTICATED' } } };
	}

	private sheets({ method, path }: WorldRequest): WorldAnswer | undefined {
		const [, id = '', values] = /^\/v4\/spreadsheets\/([^/]+)(\/values\/.+)?$/.exec(path) ?? [];
		const rows = this.spreadsheets.get(id);
		if (method !== 'GET' || !rows) return undefined;
		if (values) return { body: { range: 'Sheet1', majorDimension: 'ROWS', values: rows } };
		const gridProperties = { rowCount: 1000, columnCount: 26 };
		const properties = { sheetId: 0, title: 'Sheet1', index: 0, gridProperties };
		return { body: { sheets: [{ properties }] } };
	}

	private drive(request: WorldRequest): WorldAnswer | undefined {
		const { method, path, query } = request;
		if (path === '/upload/drive/v3/files' && query.get('uploadType') === 'resumable') {
			if (method === 'POST') return this.beginUpload(request);
			if (method === 'PUT') return this.takePart(request);
		}
		const [, id] = /^\/drive\/v3\/files\/([^/]+)$/.exec(path) ?? [];
		const file = this.files.find((one) => one.id === id);
		return method === 'PATCH' && file ? changeFile(file, request) : undefined;
	}

	private beginUpload({ headers, body }: WorldRequest): WorldAnswer {
		const { name, parents } = JSON.parse(body.toString()) as Pick<DriveFile, 'name' | 'parents'>;
		const id = randomUUID();
		const mimeType = headers['x-upload-content-type'] as string | undefined;
		this.uploads.set(id, { name, parents, mimeType, bytes: Buffer.alloc(0) });
		const location = `https://www.googleapis.com/upload/drive/v3/files?uploadType=resumable&upload_id=${id}`;
		return { headers: { location } };
	}

	private takePart({ query, headers, body }: WorldRequest): WorldAnswer | undefined {
		const id = query.get('upload_id') ?? '';
		const upload = this.uploads.get(id);
		const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '');
		if (!upload || !range) return undefined;
		const [from = NaN, to = NaN, total = NaN] = range.slice(1).map(Number);
		const isLast = to + 1 === total;
		const fits = from === upload.bytes.length && body.length === to + 1 - from;
		if (!fits || (!isLast && body.length % PART_BYTES !== 0)) {
			return { status: 400, body: { error: { code: 400, message: 'Invalid Content-Range' } } };
		}
		upload.bytes = Buffer.concat([upload.bytes, body]);
		if (!isLast) return { status: 308, headers: { range: `bytes=0-${to}` } };
		this.uploads.delete(id);
		const file = { id: `file-${id}`, ...upload };
		this.files.push(file);
		return { body: shown(file) };
	}
}

function changeFile(file: DriveFile, { body, query }: WorldRequest): WorldAnswer {
	const { name, mimeType } = JSON.parse(body.toString()) as Partial<DriveFile>;
	const addParents = query.get('addParents');
	Object.assign(file, name && { name }, mimeType && { mimeType });
	if (addParents) file.parents = [addParents];
	return { body: shown(file) };
}

function shown({ id, name, mimeType }: DriveFile) {
	return { kind: 'drive#file', id, name, mimeType };
}
