/** The core's types under their plain names, as they arrive here. What is sent has its own, at the end. */
import type * as b from './bindings';

export type ActivityEntry = b.ActivityEntry_Serialize;
export type ActivityPage = b.ActivityPage_Serialize;
export type Asked = b.Asked_Serialize;
export type Cause = b.Cause_Serialize;
export type Check = b.Check_Serialize;
export type Claim = b.Claim_Serialize;
export type ClaimDifference = b.ClaimDifference_Serialize;
export type Comparison = b.Comparison_Serialize;
export type Copied = b.Copied_Serialize;
export type Credential = b.Credential_Serialize;
export type DesktopState = b.DesktopState_Serialize;
export type Dated = b.Dated_Serialize;
export type Environment = b.Environment_Serialize;
export type EnvironmentCheck = b.EnvironmentCheck_Serialize;
export type EnvironmentOverview = b.EnvironmentOverview_Serialize;
export type FilesReviewed = b.FilesReviewed_Serialize;
export type Inspection = b.Inspection_Serialize;
export type Introspection = b.Introspection_Serialize;
export type Introspector = b.Introspector_Serialize;
export type KeyFacts = b.KeyFacts_Serialize;
export type KeyFileFacts = b.KeyFileFacts_Serialize;
export type MintStep = b.MintStep_Serialize;
export type MintStory = b.MintStory_Serialize;
export type Notice = b.Notice_Serialize;
export type OwnProviders = b.OwnProviders_Serialize;
export type Parameter = b.Parameter_Serialize;
export type Problem = b.Problem_Serialize;
export type Provider = b.Provider_Serialize;
export type Provisioning = b.Provisioning_Serialize;
export type Radar = b.Radar_Serialize;
export type RadarRow = b.RadarRow_Serialize;
export type Review = b.Review_Serialize;
export type Revoked = b.Revoked_Serialize;
export type ScopePreset = b.ScopePreset_Serialize;
export type SelfTestResult = b.SelfTestResult_Serialize;
export type ServiceUser = b.ServiceUser_Serialize;
export type ServiceUserDetail = b.ServiceUserDetail_Serialize;
export type ServiceUserRow = b.ServiceUserRow_Serialize;
export type Settings = b.Settings_Serialize;
export type Signed = b.Signed_Serialize;
export type Standing = b.Standing_Serialize;
export type Startup = b.Startup_Serialize;
export type TokenDifference = b.TokenDifference_Serialize;
export type TokenState = b.TokenState_Serialize;
export type TokenView = b.TokenView_Serialize;
export type TrayCopied = b.TrayCopied_Serialize;
export type Trial = b.Trial_Serialize;
export type UnusableProvider = b.UnusableProvider_Serialize;
export type UnverifiedClaims = b.UnverifiedClaims_Serialize;
export type Userinfo = b.Userinfo_Serialize;
export type Verification = b.Verification_Serialize;

export type {
  AskedId,
  About,
  AssertionShown,
  Change,
  ClaimEntry,
  CopyForm,
  CredentialId,
  CredentialKind,
  CredentialState,
  Deed,
  DragOver,
  EndpointFound,
  EnvironmentId,
  ExportForm,
  Format,
  IdKind,
  ImportOutcome,
  KeychainState,
  KeyComparison,
  KeyIdRule,
  MemberDifference,
  NamedIssuer,
  NextStep,
  Outcome,
  ProofKind,
  ProviderId,
  ProvisionRequest,
  PublicKeyForm,
  RepairReport,
  RequestShown,
  ReviewId,
  ScopeGrant,
  ScopeOutcome,
  ServerSaid,
  ServiceUserDraft,
  ServiceUserId,
  SubjectNotice,
  Shape,
  Source,
  Tier,
  TokenForm,
  TokenFrom,
  Wanted,
} from './bindings';

/** What the page sends: fields that it may leave out are optional. */
export type ActivityFilter = b.ActivityFilter_Deserialize;
export type Ask = b.Ask_Deserialize;
export type EnvironmentDraft = b.EnvironmentDraft_Deserialize;
export type ImportRequest = b.ImportRequest_Deserialize;
