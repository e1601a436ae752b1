//! Everybody's accounts, for their managers.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use hotline_protocol::id::NodeId;
use serde::Deserialize;

use crate::access::account::{
    Account, AccountError, AccountName, AccountState, Entitled, Invited, LastAdmin, Manager, Role, RoleName, accounts,
    add_account, disable_account, enable_account, reset_account, right,
};
use crate::access::act::ActOrigin;
use crate::trust::peer::{PeerStanding, peers};
use crate::web::shell::{Frame, Office, PageError, page, page_with};

const PATH: &str = "/accounts";

type Admin = Entitled<right::ManageAccounts>;

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    frame: Frame,
    accounts: Vec<Account>,
    peers: Vec<NodeId>,
    roles: [RoleName; 4],
    /// The typed name, to be mended.
    name: String,
    /// The key of the fault's text.
    fault: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "account-link.html")]
struct LinkPage {
    frame: Frame,
    name: String,
    link: String,
    ends: String,
}

#[derive(Template)]
#[template(path = "account-disable.html")]
struct DisablePage {
    frame: Frame,
    name: String,
}

/// The typed fields.
#[derive(Deserialize)]
pub(crate) struct AddForm {
    name: String,
    role: String,
    #[serde(default)]
    peer: String,
}

/// `GET /accounts`.
pub(crate) async fn show(_: Admin, State(office): State<Arc<Office>>, frame: Frame) -> Result<Response, PageError> {
    page(&view(&office, frame, String::new(), None).await?)
}

/// `POST /accounts`: adds one.
pub(crate) async fn add(
    admin: Admin,
    State(office): State<Arc<Office>>,
    frame: Frame,
    Form(form): Form<AddForm>,
) -> Result<Response, PageError> {
    let fault = match (parse_name(&form.name), parse_role(&form)) {
        (None, _) => "account-name-malformed",
        (_, None) => "account-role-malformed",
        (Some(name), Some(role)) => match add_account(&office.context, by(&admin), name, role).await {
            Ok(invited) => return show_link(&office, frame, &invited),
            Err(error) => fault_of(error)?,
        },
    };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &view(&office, frame, form.name, Some(fault)).await?)
}

/// `GET /accounts/{name}/disable`: asks whether it is meant.
pub(crate) async fn ask_to_disable(
    _: Admin,
    State(office): State<Arc<Office>>,
    Path(name): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    let name = parse_name(&name).ok_or(PageError::NOT_FOUND)?;
    let known = accounts(&office.context).await?;
    let account = known.into_iter().find(|account| account.name == name).ok_or(PageError::NOT_FOUND)?;
    page(&DisablePage { frame, name: account.name.to_string() })
}

/// `POST /accounts/{name}/disable`.
pub(crate) async fn disable(
    admin: Admin,
    State(office): State<Arc<Office>>,
    Path(name): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    let name = parse_name(&name).ok_or(PageError::NOT_FOUND)?;
    changed(&office, frame, disable_account(&office.context, by(&admin), &name, LastAdmin::Stays).await).await
}

/// `POST /accounts/{name}/enable`.
pub(crate) async fn enable(
    admin: Admin,
    State(office): State<Arc<Office>>,
    Path(name): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    let name = parse_name(&name).ok_or(PageError::NOT_FOUND)?;
    changed(&office, frame, enable_account(&office.context, by(&admin), &name).await).await
}

/// `POST /accounts/{name}/reset`.
pub(crate) async fn reset(
    admin: Admin,
    State(office): State<Arc<Office>>,
    Path(name): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    let name = parse_name(&name).ok_or(PageError::NOT_FOUND)?;
    match reset_account(&office.context, by(&admin), &name).await {
        Ok(invited) => show_link(&office, frame, &invited),
        Err(error) => mend(&office, frame, error).await,
    }
}

fn parse_name(text: &str) -> Option<AccountName> {
    text.trim().parse().ok()
}

/// A peer that stands beside another role than a partner's was left over in the form.
fn parse_role(form: &AddForm) -> Option<Role> {
    let name = RoleName::of_code(&form.role)?;
    let peer = if name == RoleName::Partner { Some(form.peer.parse().ok()?) } else { None };
    Role::new(name, peer)
}

fn by(admin: &Admin) -> Manager<'_> {
    Manager { who: &admin.viewer().name, origin: ActOrigin::Office }
}

/// Returns the key of a fault that the admin can mend; else the page is refused.
fn fault_of(error: AccountError) -> Result<&'static str, PageError> {
    match error {
        AccountError::Taken(_) => Ok("account-taken"),
        AccountError::PeerUnknown(_) => Ok("account-peer-unknown"),
        AccountError::LastAdmin(_) => Ok("account-last-admin"),
        AccountError::Unknown(_) => Err(PageError::NOT_FOUND),
        error => Err(error.into()),
    }
}

/// Leads back to the list: it shows the change.
async fn changed<T>(office: &Office, frame: Frame, done: Result<T, AccountError>) -> Result<Response, PageError> {
    match done {
        Ok(_) => Ok(Redirect::to(PATH).into_response()),
        Err(error) => mend(office, frame, error).await,
    }
}

async fn mend(office: &Office, frame: Frame, error: AccountError) -> Result<Response, PageError> {
    let fault = fault_of(error)?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &view(office, frame, String::new(), Some(fault)).await?)
}

async fn view(
    office: &Office,
    frame: Frame,
    name: String,
    fault: Option<&'static str>,
) -> Result<AccountsPage, PageError> {
    let peers = peers(office.context.database.read()).await?;
    let peers = peers.into_iter().filter(|peer| peer.standing != PeerStanding::Removed).map(|peer| peer.id);
    let accounts = accounts(&office.context).await?;
    Ok(AccountsPage { frame: frame.at(PATH), accounts, peers: peers.collect(), roles: RoleName::ALL, name, fault })
}

fn show_link(office: &Office, frame: Frame, invited: &Invited) -> Result<Response, PageError> {
    page(&LinkPage {
        name: invited.account.name.to_string(),
        link: invited.token.link(&office.url),
        ends: frame.moment(Some(invited.ends_at)),
        frame: frame.at(PATH),
    })
}

fn is_disabled(account: &Account) -> bool {
    account.state == AccountState::Disabled
}
