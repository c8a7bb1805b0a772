-- A certificate leads back to the code that it was first given for: a renewal says what that enrolment said.
alter table server_certificate add column enrolment bytea references server_code;

-- A certificate and the code that it was given for were written in one transaction, at one time.
update server_certificate certificate
set enrolment = code.digest
from server_code code
where code.operator = certificate.operator and code.service = certificate.service and code.used = certificate.issued;

create index server_certificate_of_enrolment on server_certificate (enrolment);
