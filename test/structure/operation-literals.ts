/** Names of operations that stand as a text somewhere else than in the table of operations. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node.js'; // with its ending, else a loader may take the codex file

/** Where operations are named: the table, and the one place that does it for all tests. */
const ALLOWED = ['nodes/KirinVideo/operations/operations.ts', 'test/saved-parameters.ts'];

const OPERATION = /operation/i;

/** The values of the node's Operation fields, as n8n saves them. */
function operationNames(): Set<string> {
	const fields = new KirinVideo().description.properties.filter(({ name }) => name === 'operation');
	const options = fields.flatMap((field) => field.options ?? []);
	return new Set(options.flatMap((option) => ('value' in option ? [String(option.value)] : [])));
}

/** @returns places, as `file:line 'name'` */
export function operationLiterals(root: string): string[] {
	const names = operationNames();
	if (names.size === 0) throw new Error('The node has no operations, so nothing was looked for.');
	const files = ts.sys
		.readDirectory(root, ['.ts'], ['node_modules', 'dist', 'demo/n8n', 'test/compat/n8n-2.0'])
		.map((file) => relative(root, file).replaceAll('\\', '/'))
		.filter((file) => !ALLOWED.includes(file));
	return files.sort().flatMap((file) => {
		const text = readFileSync(join(root, file), 'utf8');
		const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
		return literalsIn(source, names).map((literal) => {
			const { line } = source.getLineAndCharacterOfPosition(literal.getStart());
			return `${file}:${line + 1} '${literal.text}'`;
		});
	});
}

function literalsIn(source: ts.SourceFile, names: Set<string>): ts.StringLiteralLike[] {
	const found: ts.StringLiteralLike[] = [];
	const visit = (node: ts.Node) => {
		if (ts.isStringLiteralLike(node) && names.has(node.text) && namesAnOperation(node)) {
			found.push(node);
		}
		node.forEachChild(visit);
	};
	visit(source);
	return found;
}

/**
 * Whether a text that reads like an operation's name is one. A name such as `estimateCost` always is.
 * `get` and `wait` are words of the language too: they are names beside something called an
 * operation, as in `operation: 'get'` and `operation === 'get'`, and as an option with an action.
 */
function namesAnOperation(literal: ts.StringLiteralLike): boolean {
	if (/[A-Z]/.test(literal.text)) return true;
	let { parent } = literal;
	while (ts.isArrayLiteralExpression(parent) || ts.isAsExpression(parent)) parent = parent.parent;
	if (ts.isPropertyAssignment(parent)) {
		const siblings = parent.parent.properties.map((one) => one.name?.getText());
		const isOption = parent.name.getText() === 'value' && siblings.includes('action');
		return isOption || OPERATION.test(parent.name.getText());
	}
	if (ts.isBinaryExpression(parent)) {
		const other = parent.left === literal ? parent.right : parent.left;
		return OPERATION.test(other.getText());
	}
	if (ts.isVariableDeclaration(parent)) return OPERATION.test(parent.name.getText());
	if (ts.isCallExpression(parent)) return OPERATION.test(parent.expression.getText());
	if (ts.isCaseClause(parent)) return OPERATION.test(parent.parent.parent.expression.getText());
	if (ts.isLiteralTypeNode(parent)) {
		return OPERATION.test(parent.parent.parent.getText().split(/[:=]/)[0] ?? '');
	}
	return false;
}
