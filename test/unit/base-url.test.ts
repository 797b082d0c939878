import { readBaseUrl } from '../../nodes/KirinVideo/api/client';

describe('The base URL', () => {
	it.each([
		['https://cloud.vtrix.ai', 'https://cloud.vtrix.ai'],
		['https://cloud.vtrix.ai/', 'https://cloud.vtrix.ai'],
		['https://cloud.vtrix.ai///', 'https://cloud.vtrix.ai'],
		['  https://cloud.vtrix.ai \n', 'https://cloud.vtrix.ai'],
		['HTTPS://Cloud.Vtrix.AI', 'https://cloud.vtrix.ai'],
		['http://10.0.0.7:8080/kirin/v9/', 'http://10.0.0.7:8080/kirin/v9'],
		['http://[::1]:8080', 'http://[::1]:8080'],
		['https://proxy.example/kirin?team=a#top', 'https://proxy.example/kirin'],
	])('%j is read as %s', (value, read) => {
		expect(readBaseUrl(value)).toBe(read);
	});

	it.each([
		undefined,
		null,
		'',
		' ',
		'cloud.vtrix.ai',
		'//cloud.vtrix.ai',
		'ftp://cloud.vtrix.ai',
		'file:///etc',
		'https://',
		'http://a b',
		'https:cloud',
		5,
		true,
		['https://cloud.vtrix.ai'],
		{ url: 'https://cloud.vtrix.ai' },
	])('may not be %j', (value) => {
		expect(readBaseUrl(value)).toBeUndefined();
	});
});
