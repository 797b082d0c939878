/** A module of node_modules comes from Node, which keeps it for all test files of a worker. */
module.exports = {
	process: (_source, path) => ({
		code: `module.exports = loadDependency(${JSON.stringify(path)});`,
	}),
	getCacheKey: (_source, path) => path,
};
