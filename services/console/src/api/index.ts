import type { Operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { approvePost } from './approve-post.ts'
import { auditAccount } from './audit-account.ts'
import { cancelPost } from './cancel-post.ts'
import { countDead } from './count-dead.ts'
import { deleteSegment } from './delete-segment.ts'
import { editPost } from './edit-post.ts'
import { getDead } from './get-dead.ts'
import { getHistory } from './get-history.ts'
import { getMedia } from './get-media.ts'
import { getPost } from './get-post.ts'
import { getKillSwitch, releaseKillSwitch, setKillSwitch } from './kill-switch.ts'
import { listAccounts } from './list-accounts.ts'
import { listAlerts } from './list-alerts.ts'
import { listAudits } from './list-audits.ts'
import { listDead } from './list-dead.ts'
import { listPosts } from './list-posts.ts'
import { measureTexts } from './measure.ts'
import { getOverview } from './overview.ts'
import { pauseAccount, resumeAccount } from './pause-account.ts'
import { putAccount } from './put-account.ts'
import { putSession } from './put-session.ts'
import { rejectPost } from './reject-post.ts'
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
  pauseAccount(ports),
  resumeAccount(ports),
  auditAccount(ports),
  listAudits(ports),
  getKillSwitch(ports),
  setKillSwitch(ports),
  releaseKillSwitch(ports),
  getOverview(ports),
  listAlerts(ports),
  countDead(ports),
  listDead(ports),
  getDead(ports),
  replayDead(ports),
  discardDead(ports),
]
