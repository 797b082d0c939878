/**
 * Which file may import which. `npm run check:structure` counts what breaks these rules. Rooms are
 * ordered, the one that a user meets first: each imports only rooms beneath it, or beside it.
 */
const node = '^nodes/KirinVideo/';
const rooms = [
	['operations'],
	['fields', 'suspend'],
	['output', 'batch'],
	['task'],
	['request'],
	['api'],
];

/** The nodes themselves, which are above all rooms. */
const top = ['^nodes/KirinVideo/[^/]+\\.ts$', '^nodes/KirinVideoTrigger/'];
const pathsOf = (level) => level.map((room) => `${node}${room}/`);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		{
			name: 'cycle',
			severity: 'error',
			from: {},
			to: { circular: true },
		},
		...rooms.map((level, index) => ({
			name: 'upward',
			comment: `${level.join(', ')} imports a room above it, or a tool`,
			severity: 'error',
			from: { path: pathsOf(level) },
			to: { path: [...top, ...rooms.slice(0, index).flatMap(pathsOf)] },
		})),
		{
			name: 'upward',
			comment: 'the package imports a tool',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: { path: '^(demo|docs|release|sandbox|test)/' },
		},
		{
			name: 'n8nInTask',
			comment: 'the life of a task knows neither n8n nor what the editor shows',
			severity: 'error',
			from: { path: `${node}task/` },
			to: { path: ['n8n-workflow', `${node}fields/`, `${node}request/parameters\\.ts$`] },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		exclude: { path: '(^|/)(dist|coverage)/|/node_modules/\\.|^demo/n8n/|^test/compat/n8n-2\\.0/' },
		// An import of a type ties two files together as well.
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'test/tsconfig.json' },
	},
};
