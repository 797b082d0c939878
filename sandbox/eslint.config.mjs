// Tools are judged by our own rules and not by those for n8n's nodes.
export { tools as default } from '../eslint.own.mjs';
