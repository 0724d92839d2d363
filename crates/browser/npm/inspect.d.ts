// Types of passkeep/inspect. Tests of crates/inspect hold the names here against the Rust that makes them.

/**
 * Fetches and starts all parts of the inspector ahead of the first call. Without it the first call that needs a part fetches it:
 * `decode` one, `verify` another, and the first ceremony with an attestation a third. `algorithms` fetches what `verify` needs besides
 * where the browser cannot verify a signature itself: ES256K, Ed448, ML-DSA, and any on a page without WebCrypto.
 * Rejects when a file cannot be fetched or WebAssembly is blocked; a later call tries again.
 */
export function load(what?: { algorithms?: boolean }): Promise<void>;

/**
 * Decodes a response: JSON as text or as an object, a `PublicKeyCredential` that has `toJSON`, or in base64url an attestation object,
 * authenticator data, client data, a COSE key or a certificate.
 * Whatever is wrong with the input is in the result; only loading can reject, as `load` does.
 */
export function decode(input: string | object): Promise<Inspection>;

/** Judges one recorded ceremony, at `document.now` or else at this machine's time. Only loading can reject, as `load` does. */
export function verify(document: VerifyDocument | string): Promise<Verdict>;

/** What was decoded. */
export interface Inspection {
  kind: InspectionKind;
  /** All of it. */
  root: InspectionNode;
  /** Every problem in the tree, in its order; empty when all of the input could be read. */
  problems: { path: string[]; problem: InspectionProblem }[];
}

export type InspectionKind =
  | 'registration'
  | 'authentication'
  | 'attestation_object'
  | 'authenticator_data'
  | 'client_data'
  | 'public_key'
  | 'certificate'
  | 'unknown';

/** One field: what it is, what it says, where it stands, and what is inside. */
export interface InspectionNode {
  /** A member of JSON, a key of CBOR, or the specification's name of a field. */
  name: string;
  /** What it is, in words; empty where nothing is known of it. */
  about: string;
  value: InspectionValue;
  /** What the value stands for where it does not say it itself, such as `ES256` for -7. */
  meaning: string | null;
  /**
   * Its first byte, and the one after its last, in the nearest node around it whose value is bytes. Null where there is none, and for
   * what was computed. Leaves do not overlap; those of authenticator data and attestation objects cover every byte.
   */
  range: [start: number, end: number] | null;
  children: InspectionNode[];
  problem: InspectionProblem | null;
}

export interface InspectionProblem {
  /** At which byte, if it is not a matter of the whole field. */
  offset: number | null;
  /** What is wrong, readable alone. */
  message: string;
}

export type InspectionValue =
  | { kind: 'unread' }
  | { kind: 'text'; text: string }
  | { kind: 'number'; number: number }
  /** A number that is no safe integer. */
  | { kind: 'digits'; digits: string }
  | { kind: 'boolean'; boolean: boolean }
  | { kind: 'null' }
  /** The ranges of what is inside count in these bytes. */
  | { kind: 'bytes'; length: number; hex: string; base64url: string }
  | { kind: 'flags'; byte: number; flags: { bit: number; name: string; about: string; set: boolean }[] }
  | { kind: 'aaguid'; text: string }
  | { kind: 'time'; time: string; milliseconds: number }
  | { kind: 'map'; length: number }
  | { kind: 'array'; length: number };

/** One recorded ceremony, and what the relying party expects of it. A member that is not known is refused. */
export type VerifyDocument = RegistrationDocument | AuthenticationDocument | InSnakeCase<RegistrationDocument> | InSnakeCase<AuthenticationDocument>;

/** A document with the names that `passkeep verify --help` lists. */
export type InSnakeCase<Document> = {
  [Name in keyof Document as SnakeCase<Name & string>]: Name extends 'credential' ? InSnakeCase<Document[Name]> : Document[Name];
};

type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : Name;

export interface RegistrationDocument extends CeremonyDocument {
  kind: 'registration';
  /** A RegistrationResponseJSON. */
  response: object;
  /** `conditional` for a conditional creation. */
  mediation?: 'conditional' | 'optional' | 'required';
}

export interface AuthenticationDocument extends CeremonyDocument {
  kind: 'authentication';
  /** An AuthenticationResponseJSON. */
  response: object;
  /** The credential as the relying party has it, or all of a record as `CredentialRecord::to_json()` writes it; bytes in base64url. */
  credential: {
    id: string;
    /** In COSE form. */
    publicKey: string;
    signCount?: number;
    /** As the response has it, if the relying party did not keep it. */
    backupEligible?: boolean | null;
    userHandle?: string | null;
    // The rest of a record, which no verdict depends on.
    version?: number;
    type?: string;
    uvInitialized?: boolean;
    transports?: string[];
    backupState?: boolean;
    aaguid?: string;
    attestationObject?: string;
    attestationClientDataJSON?: string;
    rpId?: string;
  };
  mediation?: 'conditional' | 'optional' | 'required';
}

export interface CeremonyDocument {
  rpId: string;
  origins: string[];
  /** In base64url. */
  challenge: string;
  /** `preferred` by default. */
  userVerification?: 'required' | 'preferred' | 'discouraged';
  /** COSE numbers; all that can be verified by default. */
  algorithms?: number[];
  /** Whether the page may be in a frame of another origin. */
  crossOrigin?: boolean;
  /** The pages that may be around it. */
  topOrigins?: string[];
  /** `any` by default. */
  acceptAttestation?: 'any' | 'trusted';
  /** Certificates in PEM; the vendors' published roots by default. */
  roots?: string | string[];
  /** The account in base64url, if it was known before. */
  userHandle?: string;
  /** The time to judge at, in RFC 3339. */
  now?: string;
}

export type Verdict = AcceptedRegistration | AcceptedAuthentication | Refused | Unusable;

export interface AcceptedRegistration {
  ok: true;
  /** The format of the attestation statement. */
  fmt: string | null;
  attestation_type: 'none' | 'self' | 'basic' | 'attca' | 'anonca' | 'basic_or_attca' | 'unverified';
  attestation_trust: { trusted: true; root: string; root_sha256: string } | { trusted: false; why: string };
  credential: {
    id: string;
    public_key: string;
    algorithm: number | null;
    sign_count: number;
    /** In base64url. */
    aaguid: string;
    transports: string[];
    user_verified: boolean;
    backup_eligible: boolean;
    backup_state: boolean;
  };
  findings: Finding[];
  trace: TraceEntry[];
}

export interface AcceptedAuthentication {
  ok: true;
  fmt?: undefined;
  credential: {
    id: string;
    user_handle: string;
    sign_count: number;
    user_verified: boolean;
    backup_eligible: boolean;
    backup_state: boolean;
  };
  findings: Finding[];
  trace: TraceEntry[];
}

/** The ceremony must be refused, and this is the first reason. */
export interface Refused {
  ok: false;
  /** A stable name of what was wrong; more may be added. */
  code: string;
  check: CheckCode;
  /** Where the specification asks for the check. */
  citation: string;
  message: string;
  /** Where to look first. */
  hint: string;
  trace: TraceEntry[];
}

/** The document does not describe a ceremony that could be judged. */
export interface Unusable {
  ok: false;
  code: 'unusable_input';
  check?: undefined;
  message: string;
  hint: string;
  trace: [];
}

/** One check, in the order they were made. */
export interface TraceEntry {
  check: CheckCode;
  citation: string;
  outcome: 'passed' | 'failed' | 'not_applicable' | 'not_reached';
  /** What was expected, or why the check does not apply. */
  expected: string;
  /** Empty if there is nothing to show beside `expected`. */
  received: string;
}

export type CheckCode =
  | 'ceremony_lifetime'
  | 'credential_type'
  | 'credential_id_text'
  | 'client_data_json'
  | 'client_data_type'
  | 'client_data_challenge'
  | 'client_data_origin'
  | 'client_data_cross_origin'
  | 'client_data_top_origin'
  | 'attestation_object_cbor'
  | 'authenticator_data_form'
  | 'attested_credential_data'
  | 'rp_id_hash'
  | 'user_present'
  | 'user_verified'
  | 'backup_flags'
  | 'backup_eligibility_policy'
  | 'backup_eligibility_unchanged'
  | 'backup_state_policy'
  | 'public_key_form'
  | 'algorithm_offered'
  | 'public_key'
  | 'attestation_format'
  | 'attestation_statement'
  | 'attestation_trust'
  | 'credential_id_length'
  | 'credential_id_signed'
  | 'authenticator_extensions'
  | 'allowed_credential'
  | 'user_handle_present'
  | 'user_handle_owner'
  | 'signature'
  | 'sign_count'
  | 'findings';

/** Something that a policy may tolerate, with what was seen. */
export type Finding =
  | { kind: 'counter_regressed'; stored: number; received: number }
  | { kind: 'backup_eligibility_changed'; now: boolean }
  | { kind: 'untrusted_attestation'; fmt: string }
  | { kind: 'unknown_transport'; received: string }
  | { kind: 'unknown_attachment'; received: string }
  | { kind: 'unknown_client_data_member'; name: string }
  | { kind: 'unsolicited_client_extension'; identifier: string }
  | { kind: 'unsolicited_authenticator_extension'; identifier: string }
  | { kind: 'credential_protection_lower'; asked: number; received: number | null }
  | { kind: PlainFindingKind };

export type PlainFindingKind =
  | 'top_origin_missing'
  | 'prf_results_received'
  | 'empty_user_handle'
  | 'client_extension_results_missing'
  | 'transports_missing'
  | 'convenience_copies_missing'
  | 'type_missing'
  | 'null_member'
  | 'base64_padded'
  | 'base64_standard_alphabet'
  | 'okp_key_in_words'
  | 'aaguid_truncated'
  | 'extensions_not_sorted'
  | 'extension_flag_without_data'
  | 'attestation_object_not_sorted'
  | 'apple_algorithm'
  | 'signature_not_der';
