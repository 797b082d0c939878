/** Certificates for hosts that are not ours, which only the process that is given the authority trusts. */
import { generate } from 'selfsigned';

export interface Certificates {
	/** Of the authority, as `NODE_EXTRA_CA_CERTS` wants it. */
	authority: string;
	/** For all the hosts. */
	cert: string;
	key: string;
}

const ALGORITHM = { keyType: 'ec', algorithm: 'sha256' } as const;

/** Makes an authority that lives as long as the run, and one certificate of it. */
export async function certificatesFor(hosts: string[]): Promise<Certificates> {
	const authority = await generate([{ name: 'commonName', value: 'Authority of one test run' }], {
		...ALGORITHM,
		extensions: [
			{ name: 'basicConstraints', cA: true, critical: true },
			{ name: 'keyUsage', keyCertSign: true, critical: true },
		],
	});
	const { cert, private: key } = await generate([{ name: 'commonName', value: 'The world' }], {
		...ALGORITHM,
		ca: { key: authority.private, cert: authority.cert },
		extensions: [
			{ name: 'basicConstraints', cA: false },
			{ name: 'extKeyUsage', serverAuth: true },
			{ name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2, value })) },
		],
	});
	return { authority: authority.cert, cert, key };
}
