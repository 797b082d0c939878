// n8n finds the nodes through the "n8n" entry of package.json; this is for everyone else.
module.exports = {
	...require('./dist/nodes/KirinVideo/KirinVideo.node.js'),
	...require('./dist/nodes/KirinVideoTrigger/KirinVideoTrigger.node.js'),
	...require('./dist/credentials/KirinVideoApi.credentials.js'),
};
