// n8n finds the node through the "n8n" entry of package.json; this is for everyone else.
module.exports = {
	...require('./dist/nodes/KirinVideo/KirinVideo.node.js'),
	...require('./dist/credentials/KirinVideoApi.credentials.js'),
};
