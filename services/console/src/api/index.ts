import type { Operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { approvePost } from './approve-post.ts'
import { auditAccount } from './audit-account.ts'
import { cancelPost } from './cancel-post.ts'
import { countDead } from './count-dead.ts'
import { deleteSegment } from './delete-segment.ts'
import { editPost } from './edit-post.ts'
import { getActivity } from './get-activity.ts'
import { getDead } from './get-dead.ts'
import { getHealth } from './get-health.ts'
import { getHistory } from './get-history.ts'
import { getMedia } from './get-media.ts'
import { getMention } from './get-mention.ts'
import { getPost } from './get-post.ts'
import { getReadings } from './get-readings.ts'
import { getKillSwitch, releaseKillSwitch, setKillSwitch } from './kill-switch.ts'
import { listAccounts } from './list-accounts.ts'
import { listAlerts } from './list-alerts.ts'
import { listApprovals } from './list-approvals.ts'
import { listBreakers } from './list-breakers.ts'
import { listAudits } from './list-audits.ts'
import { listDead } from './list-dead.ts'
import { listJobs } from './list-jobs.ts'
import { listLeases } from './list-leases.ts'
import { listPosts } from './list-posts.ts'
import { listQueues } from './list-queues.ts'
import { measureTexts } from './measure.ts'
import { getOverview } from './overview.ts'
import { pauseAccount, resumeAccount } from './pause-account.ts'
import { putAccount } from './put-account.ts'
import { putSession } from './put-session.ts'
import { rejectPost } from './reject-post.ts'
import { removeAccount } from './remove-account.ts'
import { replayEdited } from './replay-edited.ts'
import { discardDead, replayDead } from './settle-dead.ts'
import { settleSegment } from './settle-segment.ts'
import { submitPost } from './submit-post.ts'
import { uploadMedia } from './upload-media.ts'

/** Every operation of the API, but for the event stream. */
export const operations = (ports: Ports): readonly Operation[] => [
  submitPost(ports),
  listPosts(ports),
  getPost(ports),
  getHistory(ports),
  getReadings(ports),
  getMention(ports),
  listApprovals(ports),
  editPost(ports),
  cancelPost(ports),
  approvePost(ports),
  rejectPost(ports),
  deleteSegment(ports),
  settleSegment(ports),
  uploadMedia(ports),
  getMedia(ports),
  measureTexts(ports),
  listAccounts(ports),
  putAccount(ports),
  putSession(ports),
  removeAccount(ports),
  pauseAccount(ports),
  resumeAccount(ports),
  auditAccount(ports),
  listAudits(ports),
  getKillSwitch(ports),
  setKillSwitch(ports),
  releaseKillSwitch(ports),
  getOverview(ports),
  getActivity(ports),
  getHealth(ports),
  listQueues(ports),
  listLeases(ports),
  listJobs(ports),
  listBreakers(ports),
  listAlerts(ports),
  countDead(ports),
  listDead(ports),
  getDead(ports),
  replayDead(ports),
  discardDead(ports),
  replayEdited(ports),
]
