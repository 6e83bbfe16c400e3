//! What the account tells.

use ecr_probe::edge::{Reader, Told};
use ecr_probe::model::facts::{Fact, Hidden, HostedZone, Listing, PolicyKind, Question, Why};
use ecr_probe::model::{Act, Check};

use super::super::world::ACCOUNT;
use super::*;

/// How long an answer takes.
const CALL_MS: f64 = 20.0;

impl Reader for Account {
    fn elapsed_ms(&self) -> f64 {
        self.clock.get()
    }

    async fn sleep(&self, milliseconds: f64) {
        self.clock.set(self.clock.get() + milliseconds);
    }

    async fn ask(&self, question: &Question) -> Told {
        let told = self.answer(question);
        self.clock.set(self.clock.get() + CALL_MS * f64::from(told.calls));
        told
    }
}

/// Why nothing is told, in AWS's words for each service.
fn refusal(action: &str) -> Hidden {
    let service = action.split(':').next().unwrap_or_default();
    let (status, code) = match service {
        "ec2" => (403, "UnauthorizedOperation"),
        "iam" | "route53" => (403, "AccessDenied"),
        _ => (400, "AccessDeniedException"),
    };
    let message = format!(
        "User: arn:aws:sts::{ACCOUNT}:assumed-role/Auditor/me is not authorized to perform: {action} because no \
         identity-based policy allows the {action} action"
    );
    Hidden { action: action.to_owned(), why: Why::Refused { status, code: code.to_owned(), message: Some(message) } }
}

/// The answer to a question about one subject after another.
struct Answer {
    hidden: Option<Hidden>,
    facts: Vec<(String, Act)>,
}

impl Answer {
    fn fact<T>(&self, found: Option<T>) -> Fact<T> {
        match (&self.hidden, found) {
            (Some(hidden), _) => Fact::Hidden(hidden.clone()),
            (None, Some(found)) => Fact::Known(found),
            (None, None) => Fact::Absent,
        }
    }

    /// One subject.
    fn one<T>(mut self, subject: &str, act: fn(Fact<T>) -> Act, found: Option<T>) -> Self {
        let fact = self.fact(found);
        self.facts.push((subject.to_owned(), act(fact)));
        self
    }

    /// Several subjects, each by its id.
    fn each<T: Clone>(
        self,
        asked: &[String],
        act: fn(Fact<T>) -> Act,
        all: &[T],
        is: impl Fn(&T, &str) -> bool,
    ) -> Self {
        asked.iter().fold(self, |answer, id| {
            let found = all.iter().find(|it| is(it, id)).cloned();
            answer.one(id, act, found)
        })
    }

    /// A list of ids alone.
    fn list(self, subject: &str, ids: Vec<String>) -> Self {
        self.one(subject, Act::List, Some(Listing { ids }))
    }

    /// A list, and each that is in it.
    fn all<T: Clone>(
        self,
        owner: &str,
        check: Check,
        act: fn(Fact<T>) -> Act,
        all: &[T],
        id: fn(&T) -> String,
    ) -> Self {
        let ids: Vec<String> = all.iter().map(id).collect();
        let is_hidden = self.hidden.is_some();
        let answer = self.list(&format!("{owner} {check}"), ids);
        let told = all.iter().filter(|_| !is_hidden);
        told.fold(answer, |answer, it| answer.one(&id(it), act, Some(it.clone())))
    }
}

impl Account {
    /// What keeps an answer back.
    fn hidden(&self, question: &Question) -> Option<Hidden> {
        // These are told without their second half.
        let actions = match question {
            Question::Image { .. } | Question::KmsKey { .. } => &question.actions()[..1],
            _ => question.actions(),
        };
        if let Some(action) = actions.iter().find(|action| self.keys.refuses(action)) {
            return Some(refusal(action));
        }
        let owner = self.keys.vpc_owner.clone().filter(|owner| owner != ACCOUNT)?;
        let of_owner = matches!(
            question,
            Question::Endpoints { .. }
                | Question::HostedZones { .. }
                | Question::TransitAttachments { .. }
                | Question::FirewallRules { .. }
                | Question::ResolverRules { .. }
        );
        let action = question.actions()[0].to_owned();
        of_owner.then_some(Hidden { action, why: Why::OfAnotherAccount { owner } })
    }

    fn answer(&self, question: &Question) -> Told {
        let start = Answer { hidden: self.hidden(question), facts: Vec::new() };
        let calls = u32::try_from(question.actions().len()).unwrap_or(1);
        let facts = self.of_ecs(question, start).or_else(|start| self.of_the_network(question, start));
        let facts = facts.or_else(|start| self.of_names(question, start));
        let facts = facts.or_else(|start| self.of_permissions(question, start));
        match facts.or_else(|start| self.of_the_start(question, start)) {
            Ok(Answer { facts, .. }) => Told { facts, calls },
            Err(_) => unreachable!("{question:?} is of none of these"),
        }
    }

    fn of_ecs(&self, question: &Question, start: Answer) -> Result<Answer, Answer> {
        let is_service = |it: &facts::Service, asked: &str| it.name == asked || it.arn == asked;
        Ok(match question {
            Question::Services { cluster, names } => {
                let here: &[facts::Service] = if self.is_cluster(cluster) { &self.services } else { &[] };
                start.each(names, Act::Service, here, is_service)
            }
            Question::ListServices { cluster } => {
                let found = self.is_cluster(cluster).then(|| self.services.iter().map(|it| it.name.clone()).collect());
                start.one(&format!("{cluster} {}", Check::Service), Act::List, found.map(|ids| Listing { ids }))
            }
            Question::TaskDefinition { name } => {
                let is = |it: &&facts::TaskDefinition| {
                    let family = it.arn.rsplit('/').next().unwrap_or_default();
                    it.arn == *name || family == name || family.split(':').next() == Some(name.as_str())
                };
                start.one(name, Act::TaskDefinition, self.task_definitions.iter().find(is).cloned())
            }
            Question::ListStoppedTasks { service, .. } => {
                let stopped = self.tasks.iter().filter(|it| it.last_status == task::STOPPED);
                let ids = stopped.map(|it| it.arn.clone()).collect();
                start.list(&format!("{service} {}", Check::StoppedTask), ids)
            }
            Question::Tasks { tasks, .. } => start.each(tasks, Act::StoppedTask, &self.tasks, |it, id| it.arn == id),
            Question::ListContainerInstances { cluster } => {
                let ids = self.container_instances.iter().map(|it| it.arn.clone()).collect();
                start.list(&format!("{cluster} {}", Check::ContainerInstance), ids)
            }
            Question::ContainerInstances { instances, .. } => {
                start.each(instances, Act::ContainerInstance, &self.container_instances, |it, id| it.arn == id)
            }
            Question::Instances { ids } => start.each(ids, Act::Instance, &self.instances, |it, id| it.id == id),
            _ => return Err(start),
        })
    }

    fn is_cluster(&self, asked: &str) -> bool {
        asked == CLUSTER || asked == cluster_arn(&self.region)
    }

    fn of_the_network(&self, question: &Question, start: Answer) -> Result<Answer, Answer> {
        Ok(match question {
            Question::Subnets { ids } => start.each(ids, Act::Subnet, &self.subnets, |it, id| it.id == id),
            Question::Vpc { id } => start.each(std::slice::from_ref(id), Act::Vpc, &self.vpcs, |it, id| it.id == id),
            Question::RouteTables { vpc } => {
                let (act, all) = (Act::RouteTable, self.in_vpc(vpc, &self.route_tables, |it| &it.vpc_id));
                start.all(vpc, Check::RouteTable, act, &all, |it| it.id.clone())
            }
            Question::NetworkAcls { vpc } => {
                let (act, all) = (Act::NetworkAcl, self.in_vpc(vpc, &self.network_acls, |it| &it.vpc_id));
                start.all(vpc, Check::NetworkAcl, act, &all, |it| it.id.clone())
            }
            Question::SecurityGroups { ids } => {
                start.each(ids, Act::SecurityGroup, &self.security_groups, |it, id| it.id == id)
            }
            Question::Endpoints { vpc } => {
                let (act, all) = (Act::Endpoint, self.in_vpc(vpc, &self.endpoints, |it| &it.vpc_id));
                start.all(vpc, Check::Endpoint, act, &all, |it| it.id.clone())
            }
            Question::EndpointsElsewhere { services } => {
                let is_of = |it: &&facts::Endpoint| services.contains(&it.service);
                let all: Vec<facts::Endpoint> = self.endpoints.iter().filter(is_of).cloned().collect();
                start.all(Question::ELSEWHERE, Check::Endpoint, Act::Endpoint, &all, |it| it.id.clone())
            }
            Question::Interfaces { ids } => start.each(ids, Act::Interface, &self.interfaces, |it, id| it.id == id),
            Question::InterfacesAt { vpc, addresses } => addresses.iter().fold(start, |answer, address| {
                let here = self.in_vpc(vpc, &self.interfaces, |it| &it.vpc_id);
                let has = |it: &facts::Interface| it.addresses.iter().any(|own| own.to_string() == *address);
                let here: Vec<facts::Interface> = here.into_iter().filter(has).collect();
                answer.all(address, Check::Interface, Act::Interface, &here, |it| it.id.clone())
            }),
            Question::AwsPrefixList { name } => {
                let of: Vec<facts::PrefixList> =
                    self.prefix_lists.iter().filter(|it| it.name == *name).cloned().collect();
                start.all(name, Check::PrefixList, Act::PrefixList, &of, |it| it.id.clone())
            }
            Question::PrefixList { id } => {
                start.each(std::slice::from_ref(id), Act::PrefixList, &self.prefix_lists, |it, id| it.id == id)
            }
            Question::NatGateways { ids } => start.each(ids, Act::NatGateway, &self.nat_gateways, |it, id| it.id == id),
            Question::InternetGateways { vpc } => {
                let is_here = |it: &&facts::InternetGateway| it.vpcs.contains(vpc);
                let all: Vec<_> = self.internet_gateways.iter().filter(is_here).cloned().collect();
                start.all(vpc, Check::InternetGateway, Act::InternetGateway, &all, |it| it.id.clone())
            }
            Question::TransitAttachments { vpc } => {
                let all = if vpc == VPC { &self.transit_attachments[..] } else { &[] };
                start.all(vpc, Check::TransitAttachment, Act::TransitAttachment, all, |it| it.id.clone())
            }
            _ => return Err(start),
        })
    }

    fn in_vpc<T: Clone>(&self, vpc: &str, all: &[T], vpc_of: fn(&T) -> &String) -> Vec<T> {
        all.iter().filter(|it| vpc_of(it) == vpc).cloned().collect()
    }

    fn of_names(&self, question: &Question, start: Answer) -> Result<Answer, Answer> {
        let here = |vpc: &String| vpc == VPC;
        Ok(match question {
            Question::VpcDns { vpc } => start.one(vpc, Act::VpcDns, here(vpc).then_some(self.vpc_dns)),
            Question::DhcpOptions { id } => {
                start.each(std::slice::from_ref(id), Act::DhcpOptions, &self.dhcp_options, |it, id| it.id == id)
            }
            Question::HostedZones { vpc, .. } => {
                // The records of a zone are asked for by themselves.
                let bare = |it: &HostedZone| HostedZone { records: None, ..it.clone() };
                let all: Vec<HostedZone> = self.hosted_zones.iter().filter(|_| here(vpc)).map(bare).collect();
                start.all(vpc, Check::HostedZone, Act::HostedZone, &all, |it| it.id.clone())
            }
            Question::ZoneRecords { zone, .. } => {
                start.each(std::slice::from_ref(zone), Act::HostedZone, &self.hosted_zones, |it, id| it.id == id)
            }
            Question::ResolverRules { vpc } => {
                let all = if here(vpc) { &self.resolver_rules[..] } else { &[] };
                start.all(vpc, Check::ResolverRule, Act::ResolverRule, all, |it| it.id.clone())
            }
            Question::FirewallRules { vpc } => {
                let all = if here(vpc) { &self.firewall_rules[..] } else { &[] };
                start.all(vpc, Check::FirewallRule, Act::FirewallRule, all, |it| format!("{} {}", it.group_id, it.name))
            }
            _ => return Err(start),
        })
    }

    fn of_permissions(&self, question: &Question, start: Answer) -> Result<Answer, Answer> {
        let of_role = |role: &String, kind: PolicyKind| {
            let own = self.policies.iter().filter(|it| it.role == *role && it.kind == kind);
            own.map(|it| it.name.clone()).collect::<Vec<_>>()
        };
        let listed = |start: Answer, role: &String, subject: String, kind: PolicyKind| {
            let exists = self.roles.iter().any(|it| it.arn == *role);
            start.one(&subject, Act::List, exists.then(|| Listing { ids: of_role(role, kind) }))
        };
        let policy = |start: Answer, role: &String, name: &String, kinds: &[PolicyKind]| {
            let is = |it: &&facts::Policy| it.role == *role && it.name == *name && kinds.contains(&it.kind);
            start.one(&format!("{role} {name}"), Act::Policy, self.policies.iter().find(is).cloned())
        };
        Ok(match question {
            Question::Role { arn } => {
                start.each(std::slice::from_ref(arn), Act::Role, &self.roles, |it, arn| it.arn == arn)
            }
            Question::AttachedPolicies { role } => {
                listed(start, role, format!("{role} {}", Check::Policy), PolicyKind::Attached)
            }
            Question::InlinePolicies { role } => {
                listed(start, role, format!("{role} inline {}", Check::Policy), PolicyKind::Inline)
            }
            Question::ManagedPolicy { role, arn, boundary } => {
                let kind = if *boundary { PolicyKind::Boundary } else { PolicyKind::Attached };
                policy(start, role, arn, &[kind])
            }
            Question::InlinePolicy { role, name } => policy(start, role, name, &[PolicyKind::Inline]),
            Question::InstanceProfile { arn } => {
                let (act, all) = (Act::InstanceProfile, &self.instance_profiles);
                start.each(std::slice::from_ref(arn), act, all, |it, arn| it.arn == arn)
            }
            _ => return Err(start),
        })
    }

    fn of_the_start(&self, question: &Question, start: Answer) -> Result<Answer, Answer> {
        Ok(match question {
            Question::Repository { arn } => {
                start.each(std::slice::from_ref(arn), Act::Repository, &self.repositories, |it, arn| it.arn == arn)
            }
            Question::RepositoryPolicy { arn } => {
                start.one(arn, Act::RepositoryPolicy, by_key(&self.repository_policies, arn))
            }
            Question::Image { repository, reference } => {
                let sign = if reference.starts_with("sha256:") { '@' } else { ':' };
                let subject = format!("{repository}{sign}{reference}");
                let found = by_key(&self.images, &subject);
                let sees = !self.keys.refuses("ecr:BatchGetImage");
                let found = found.map(|it| facts::ImageFact { platforms: it.platforms.filter(|_| sees), ..it });
                start.one(&subject, Act::Image, found)
            }
            Question::CacheRules { account, region } => {
                let subject = format!("{account} {region}");
                let found = by_key(&self.cache_rules, &subject).unwrap_or_default();
                start.one(&subject, Act::CacheRules, Some(found))
            }
            Question::LogGroup { region, name } => {
                let subject = format!("{region} {name}");
                let found = by_key(&self.log_groups, &subject);
                start.one(&subject, Act::LogGroup, found)
            }
            Question::Secret { id } => {
                start.each(std::slice::from_ref(id), Act::Secret, &self.secrets, |it, id| it.arn == id)
            }
            // A bare name is of the task's own Region, and an ARN says its own.
            Question::Parameters { region, ids } => {
                let is_there = |id: &str| id.split(':').nth(3).is_none_or(|own| own == region);
                let found = |id: &str| by_key(&self.parameters, id).filter(|_| is_there(id));
                ids.iter().fold(start, |answer, id| answer.one(id, Act::Parameter, found(id)))
            }
            Question::KmsKey { id } => {
                let sees = !self.keys.refuses("kms:GetKeyPolicy");
                let found = self.kms_keys.iter().find(|it| it.arn == *id).cloned();
                let found = found.map(|it| facts::KmsKey { policy: it.policy.filter(|_| sees), ..it });
                start.one(id, Act::KmsKey, found)
            }
            _ => return Err(start),
        })
    }
}

fn by_key<T: Clone>(all: &[(String, T)], key: &str) -> Option<T> {
    all.iter().find(|(own, _)| own == key).map(|(_, it)| it.clone())
}
